import { expect, test } from 'vitest';
import { AppError } from '#kernel';
import { readBody, refusalHeaders, withBody } from './read-body.ts';

const LIMIT = 1024;
const bytes = (length: number) => new Uint8Array(length).fill(120);

function post(body: ReadableStream<Uint8Array> | string, headers: Record<string, string> = {}): Request {
  const init = { method: 'POST', headers, body, duplex: 'half' };
  return new Request('http://shop.test/door', init as RequestInit);
}

/** Gives the parts one by one, as they are asked for, and then does nothing more, or ends, or breaks. */
function sender(parts: readonly Uint8Array[], then: 'silence' | 'end' | 'break'): ReadableStream<Uint8Array> {
  const left = [...parts];
  return new ReadableStream({
    pull(controller) {
      const part = left.shift();
      if (part) controller.enqueue(part);
      else if (then === 'end') controller.close();
      else if (then === 'break') controller.error(new Error('aborted'));
      else return new Promise(() => undefined);
    },
  });
}

test('a body comes as the bytes that were sent, up to the limit, in however many parts', async () => {
  expect(await readBody(post('ä{'), LIMIT)).toEqual(Buffer.from('ä{'));
  const parts = [bytes(1), bytes(LIMIT - 1)];
  expect(await readBody(post(sender(parts, 'end')), LIMIT)).toEqual(Buffer.alloc(LIMIT, 120));
  expect(await readBody(new Request('http://shop.test/door'), LIMIT)).toEqual(Buffer.alloc(0));
});

test('more than the limit is refused: announced before a byte is read, else with the first byte beyond it', async () => {
  const announced = post(sender([], 'silence'), { 'content-length': String(LIMIT + 1) });
  await expect(readBody(announced, LIMIT)).rejects.toMatchObject({ code: 'body_too_large' });
  let given = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      given += 1;
      controller.enqueue(bytes(LIMIT / 2));
    },
  });
  await expect(readBody(post(endless), LIMIT)).rejects.toMatchObject({ code: 'body_too_large' });
  expect(given).toBeLessThan(6);
});

test('a body that never begins, goes to sleep or breaks off is refused in time', async () => {
  const startedAt = performance.now();
  const reads = [
    sender([], 'silence'),
    sender([bytes(3)], 'silence'),
    sender([], 'break'),
    sender([bytes(3)], 'break'),
  ].map((body) => readBody(post(body), LIMIT));
  for (const read of await Promise.allSettled(reads))
    expect(read).toMatchObject({ status: 'rejected', reason: { code: 'body_too_slow' } });
  expect(performance.now() - startedAt).toBeLessThan(15_000);
});

test('a request that is handed on is the same, with a body that can be read once more', async () => {
  const request = post('old', { cookie: 'a=b', 'content-type': 'text/plain' });
  const next = withBody(request, await readBody(request, LIMIT));
  expect([next.url, next.method, next.headers.get('cookie'), next.headers.get('content-type')]).toEqual([
    'http://shop.test/door',
    'POST',
    'a=b',
    'text/plain',
  ]);
  expect(await next.text()).toBe('old');
});

test('a refusal says when to come again, and ends the connection of a body that was left unread', () => {
  const headersOf = (error: AppError) => Object.fromEntries(refusalHeaders(error));
  expect(headersOf(new AppError('overloaded', '', { retryAfterSeconds: 2 }))).toEqual({ 'retry-after': '2' });
  expect(headersOf(new AppError('body_too_large', ''))).toEqual({ connection: 'close' });
  expect(headersOf(new AppError('body_too_slow', ''))).toEqual({ connection: 'close' });
  expect(headersOf(new AppError('not_found', ''))).toEqual({});
});
