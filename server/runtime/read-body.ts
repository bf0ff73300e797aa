import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#kernel';

/** Longest time a body may take to arrive, in milliseconds: callers send their few kilobytes at once. */
const BODY_DEADLINE_MS = 5_000;

/**
 * The whole body of a request, as bytes. Throws `body_too_large` before reading when more than `maxBytes` are announced, and as soon
 * as they are passed whatever was announced; `body_too_slow` when it has not arrived in time, or breaks off. Where callers are asked
 * for no key, read it before the request takes a place that others need: who announces a body and sends none then keeps nobody out,
 * and holds no more memory than it could send within the deadline.
 */
export async function readBody(request: Request, maxBytes: number): Promise<Buffer<ArrayBuffer>> {
  const tooLarge = new AppError('body_too_large', `A request body may have ${maxBytes / 1024} KB.`);
  if (Number(request.headers.get('content-length')) > maxBytes) throw tooLarge;
  const reader = request.body?.getReader();
  const timer = new AbortController();
  const deadline = delay(BODY_DEADLINE_MS, undefined, { signal: timer.signal }).catch(() => undefined);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    while (reader) {
      const part = await Promise.race([reader.read().catch(() => undefined), deadline]);
      if (!part) throw new AppError('body_too_slow', `A request body may take ${BODY_DEADLINE_MS / 1_000} s.`);
      if (part.done) break;
      size += part.value.byteLength;
      if (size > maxBytes) throw tooLarge;
      chunks.push(part.value);
    }
    return Buffer.concat(chunks);
  } finally {
    timer.abort();
  }
}

/** The same request with these bytes as its body, for whoever reads it next: a body can be read once. */
export function withBody(request: Request, body: Buffer<ArrayBuffer>): Request {
  const { url, method, headers, signal } = request;
  return new Request(url, { method, headers, signal, body });
}

/**
 * The headers that belong to a refusal: when to come again; and the end of the connection when its body was left unread, because
 * the rest of such a body shall not be read to its end.
 */
export function refusalHeaders({ code, details }: AppError): Headers {
  const headers = new Headers();
  if (details.retryAfterSeconds !== undefined) headers.set('retry-after', String(details.retryAfterSeconds));
  if (code === 'body_too_large' || code === 'body_too_slow') headers.set('connection', 'close');
  return headers;
}
