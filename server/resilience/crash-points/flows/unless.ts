import { AppError, type ErrorCode } from '#kernel';

/** Resolves also when the work is refused with one of the codes by which a repetition learns that it is done already. */
export async function unless(work: Promise<unknown>, ...codes: ErrorCode[]): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof AppError && codes.includes(error.code))) throw error;
  }
}
