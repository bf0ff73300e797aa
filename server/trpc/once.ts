import superjson from 'superjson';
import { type Answer, isLastWord, isOvertaken, type KeyedRun, runAbandoned, runOnce, UNKEYED } from '#idempotency';
import { AppError, type AppErrorDetails, assert, type ErrorCode } from '#kernel';
import type { Context, TrpcCall } from './context.ts';
import { publicErrorOf } from './error-map.ts';

interface Keyed {
  readonly idempotencyKey?: string | undefined;
}

/** Status of a stored result; errors are stored under their own. */
const OK = 200;

/**
 * Makes a mutation one that runs at most once per `idempotencyKey` of its input: every repetition gets the first result, or the
 * first error. Without a key nothing is read or written here. A header would not do, since calls travel together in batches.
 * `guestOf` tells guests apart; null where somebody is always signed in. `resolve` may run again in another process: what must
 * not happen twice goes by its `keyed`.
 */
export function once<Ctx extends Context, Input extends Keyed, Output>(
  guestOf: ((input: Input) => string) | null,
  resolve: (call: { readonly ctx: Ctx; readonly input: Input; readonly keyed: KeyedRun }) => Promise<Output>,
): (call: { readonly ctx: Ctx; readonly input: Input; readonly path: string }) => Promise<Output> {
  return async ({ ctx, input: { idempotencyKey: key, ...rest }, path }) => {
    const input = rest as unknown as Input;
    let failure: unknown;
    const execute = (keyed: KeyedRun) =>
      answerToKeep(
        () => resolve({ ctx, input, keyed }),
        (error) => {
          failure = error;
        },
      );
    if (ctx.abandoned) return resultOf(await runAbandoned(ctx.abandoned, execute));
    if (key === undefined) return resolve({ ctx, input, keyed: UNKEYED });
    const principal = principalOf(ctx, guestOf?.(input));
    const content = superjson.stringify(input);
    const call: TrpcCall = { door: 'trpc', procedure: path, input: content, userId: ctx.actor?.userId ?? null };
    const kept = await runOnce({ principal, route: `mutation ${path}`, key, content, call }, execute);
    // The first time, the error itself: it knows its cause, for the log.
    if (failure && !kept.replayed) throw failure;
    return resultOf(kept);
  };
}

function principalOf({ actor }: Context, guest: string | undefined): string {
  if (actor) return `user:${actor.userId}`;
  assert(guest, 'a mutation that guests may call tells them apart');
  return `guest:${guest}`;
}

/** The result or the error in the form that is stored; rejects where nothing is to be stored. */
async function answerToKeep(resolve: () => Promise<unknown>, onError: (error: unknown) => void): Promise<Answer> {
  try {
    return { status: OK, headers: {}, body: superjson.stringify(await resolve()) };
  } catch (error) {
    const known = publicErrorOf(error);
    if (isOvertaken(error) || !isLastWord(known)) throw error;
    onError(error);
    return answerOf(known);
  }
}

/** An error as a stored answer. */
export function answerOf({ code, message, status, details: { param, errors } }: AppError): Answer {
  return { status, headers: {}, body: JSON.stringify({ code, message, details: { param, errors } }) };
}

function resultOf<Output>({ status, body }: Answer): Output {
  if (status === OK) return superjson.parse(body);
  const { code, message, details } = JSON.parse(body) as { code: ErrorCode; message: string; details: AppErrorDetails };
  throw new AppError(code, message, details);
}
