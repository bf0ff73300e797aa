import { routePath } from 'hono/route';
import {
  type Answer,
  isLastWord,
  isOvertaken,
  type KeyedRun,
  parseIdempotencyKey,
  runAbandoned,
  runOnce,
  UNKEYED,
} from '#idempotency';
import { ABANDONED, type ApiContext, type RestCall } from './context.ts';
import { readPreference } from './prefer.ts';
import { asAppError, problemResponse } from './problem.ts';

/**
 * Answers an unsafe request, at most once per Idempotency-Key where the caller sent one. `content` is what makes two requests
 * the same: the validated path and body. Call it after validation, so that a refused request stores nothing. Without a key
 * nothing is read or written here. `answer` may run again in another process: what must not happen twice goes by its `keyed`.
 */
export async function idempotently<Typed extends Response>(
  c: ApiContext,
  content: unknown,
  answer: (keyed: KeyedRun) => Promise<Typed>,
): Promise<Typed> {
  const execute = (keyed: KeyedRun) => answerToKeep(c, () => answer(keyed));
  const abandoned = c.env?.[ABANDONED];
  if (abandoned) return toResponse(await runAbandoned(abandoned, execute)) as Typed;
  const key = parseIdempotencyKey(c.req.header('idempotency-key'));
  if (key === undefined) return answer(UNKEYED);
  const request = {
    principal: c.var.principal,
    route: `${c.req.method} ${routePath(c)}`,
    key,
    content: serialise(content),
    call: callToRepeat(c),
  };
  const kept = await runOnce(request, execute);
  const response = toResponse(kept);
  if (kept.replayed) response.headers.set('idempotent-replayed', 'true');
  // The stored answer is one that this route gave, so it has one of its types.
  return response as Typed;
}

/** The answer with its errors, in the form that is stored; rejects where nothing is to be stored. */
async function answerToKeep(c: ApiContext, answer: () => Promise<Response>): Promise<Answer> {
  const response = await answer().catch((thrown: unknown) => {
    if (isOvertaken(thrown)) throw thrown;
    const error = asAppError(thrown, c);
    if (!isLastWord(error)) throw error;
    return problemResponse(error, c);
  });
  return toAnswer(response);
}

export async function toAnswer(response: Response): Promise<Answer> {
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}

function toResponse({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers });
}

/**
 * What it takes to send this request through the app again: what was understood of it, never the text that was sent, in which a field
 * may stand twice and only the last was looked at.
 */
function callToRepeat(c: ApiContext): RestCall {
  const { pathname, search } = new URL(c.req.url);
  const { body, requestId } = c.var;
  const { applied } = readPreference(c.req.header('prefer'));
  return {
    door: 'rest',
    method: c.req.method,
    path: pathname + search,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(applied !== undefined && { prefer: applied }),
      'request-id': requestId,
    },
    body: body === undefined ? '' : JSON.stringify(body),
  };
}

function serialise(content: unknown): string {
  return JSON.stringify(content, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}
