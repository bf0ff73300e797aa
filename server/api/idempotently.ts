import { routePath } from 'hono/route';
import { type Answer, parseIdempotencyKey, runOnce } from '#idempotency';
import type { ApiContext } from './context.ts';
import { asAppError, problemResponse } from './problem.ts';

/**
 * Answers an unsafe request, at most once per Idempotency-Key where the caller sent one. `content` is what makes two requests
 * the same: the validated path and body. Call it after validation, so that a refused request stores nothing. Without a key
 * nothing is read or written here.
 */
export async function idempotently<Typed extends Response>(
  c: ApiContext,
  content: unknown,
  answer: () => Promise<Typed>,
): Promise<Typed> {
  const key = parseIdempotencyKey(c.req.header('idempotency-key'));
  if (key === undefined) return answer();
  const request = {
    principal: c.var.principal,
    route: `${c.req.method} ${routePath(c)}`,
    key,
    content: serialise(content),
  };
  const { status, headers, body, replayed } = await runOnce(request, () => answerToKeep(c, answer));
  const response = new Response(body, { status, headers });
  if (replayed) response.headers.set('idempotent-replayed', 'true');
  // The stored answer is one that this route gave, so it has one of its types.
  return response as Typed;
}

/**
 * The answer with its errors, in the form that is stored. Errors that say "nothing was done, try again" are thrown instead:
 * remembering them would make the retry that they ask for impossible.
 */
async function answerToKeep(c: ApiContext, answer: () => Promise<Response>): Promise<Answer> {
  const response = await answer().catch((thrown: unknown) => {
    const error = asAppError(thrown, c);
    if (error.retryable && error.code !== 'internal_error') throw error;
    return problemResponse(error, c);
  });
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}

function serialise(content: unknown): string {
  return JSON.stringify(content, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}
