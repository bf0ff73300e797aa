import { TRPCClientError } from '@trpc/client';
import type { AppRouter } from '#trpc';

/** What came of something that was asked for and not done, as far as is known. */
export interface Failure {
  /** Whether somebody said why. Without an answer nobody knows here whether it was done. */
  readonly answered: boolean;
  /** For the reader; without an answer nothing but that. */
  readonly message: string;
}

/** Our server's answer in an error of the client, be it a refusal; null when the error is a lost connection or somebody else's page. */
export function answerIn(error: unknown): NonNullable<TRPCClientError<AppRouter>['data']> | null {
  // The client wraps whatever went wrong in an error of its own; only what our server answered carries data.
  return error instanceof TRPCClientError ? ((error as TRPCClientError<AppRouter>).data ?? null) : null;
}

/** Reads why a call failed. An error that is none of the client's was thrown before the call, with words for the reader. */
export function failureOf(error: unknown): Failure {
  const answered = error instanceof TRPCClientError ? answerIn(error) !== null : error instanceof Error;
  return { answered, message: answered ? (error as Error).message : 'The server did not answer.' };
}
