import { setTimeout as delay } from 'node:timers/promises';
import { toAppError } from '#db';
import { AppError } from '#kernel';
import { log, requestIdFrom, underRequestId } from '#observability';
import { admit } from '#runtime';
import { MAX_WEBHOOK_BYTES, receiveWebhook } from '#webhooks';

/** Longest time a body may take to arrive, in milliseconds: a provider sends its few kilobytes at once. */
const BODY_DEADLINE_MS = 5_000;

/**
 * Takes one webhook of the payment provider and answers 200 once it is stored; handling it is the worker's part. Whatever else
 * is answered makes the provider send it again. The body is read as bytes and never parsed before its signature is verified; the log
 * learns that one was refused and why, and nothing that stood in it.
 */
export function pspWebhook(request: Request): Promise<Response> {
  const requestId = requestIdFrom(request.headers.get('request-id'));
  return underRequestId(requestId, async () => {
    try {
      await admit('webhook', async () =>
        receiveWebhook(await readBody(request), request.headers.get('stripe-signature')),
      );
      return Response.json({ received: true }, { headers: { 'request-id': requestId } });
    } catch (error) {
      return refusal(error, requestId);
    }
  });
}

function refusal(error: unknown, requestId: string): Response {
  const known = error instanceof AppError ? error : toAppError(error);
  if (!known) log().error({ err: error }, 'a webhook met a defect');
  const { code, status, details } = known ?? new AppError('internal_error', '');
  log().warn({ code, status }, 'a webhook was not taken');
  const headers = new Headers({ 'request-id': requestId });
  if (details.retryAfterSeconds !== undefined) headers.set('retry-after', String(details.retryAfterSeconds));
  // What is left of such a body shall not be read to its end.
  if (code === 'body_too_large' || code === 'body_too_slow') headers.set('connection', 'close');
  return Response.json({ code }, { status, headers });
}

/**
 * The raw body. Throws `body_too_large` before reading when so much is announced, and as soon as the limit is passed whatever was
 * announced; `body_too_slow` when it does not arrive in time, or breaks off.
 */
async function readBody(request: Request): Promise<Buffer> {
  const tooLarge = new AppError('body_too_large', `A webhook may have ${MAX_WEBHOOK_BYTES} bytes.`);
  if (Number(request.headers.get('content-length')) > MAX_WEBHOOK_BYTES) throw tooLarge;
  const reader = request.body?.getReader();
  const timer = new AbortController();
  const deadline = delay(BODY_DEADLINE_MS, undefined, { signal: timer.signal }).catch(() => undefined);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    while (reader) {
      const part = await Promise.race([reader.read().catch(() => undefined), deadline]);
      if (!part) throw new AppError('body_too_slow', `A webhook's body may take ${BODY_DEADLINE_MS / 1_000} s.`);
      if (part.done) break;
      size += part.value.byteLength;
      if (size > MAX_WEBHOOK_BYTES) throw tooLarge;
      chunks.push(part.value);
    }
    return Buffer.concat(chunks);
  } finally {
    timer.abort();
  }
}
