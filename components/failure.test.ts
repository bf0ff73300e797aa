import { createTRPCClient, httpLink } from '@trpc/client';
import superjson from 'superjson';
import { expect, test } from 'vitest';
import type { AppRouter } from '#trpc';
import { failureOf } from './failure.ts';

/** What the real client throws when this comes back over the line. */
async function thrown(fetch: () => Promise<Response>): Promise<unknown> {
  const link = httpLink({ url: 'http://localhost/api/trpc', transformer: superjson, fetch });
  const client = createTRPCClient<AppRouter>({ links: [link] });
  return client.admin.refunds.request.mutate({ paymentId: 'order_1', reason: 'other' }).then(
    () => expect.unreachable('it was answered well'),
    (error: unknown) => error,
  );
}

const NO_ANSWERS: Record<string, () => Promise<Response>> = {
  'a lost connection': () => Promise.reject(new TypeError('Failed to fetch')),
  'a page of something in between': async () => new Response('<h1>502 Bad Gateway</h1>', { status: 502 }),
  'an answer that is cut off': async () => new Response('{"result":{"data":'),
  'JSON of somebody else': async () => Response.json({ message: 'upstream timed out' }, { status: 504 }),
};

test.each(Object.entries(NO_ANSWERS))('%s is no answer, and says nothing about what was done', async (_, fetch) => {
  expect(failureOf(await thrown(fetch))).toEqual({ answered: false, message: 'The server did not answer.' });
});

test('a refusal of our server is an answer, in its words', async () => {
  const json = { code: -32000, message: 'Only 3.00 is left.', data: { appCode: 'refund_exceeds_captured' } };
  const error = await thrown(async () => Response.json({ error: { json } }, { status: 422 }));
  expect(failureOf(error)).toEqual({ answered: true, message: 'Only 3.00 is left.' });
});

test('what was thrown before anything was sent has words of its own', () => {
  const message = 'The payment provider refused this number.';
  expect(failureOf(new Error(message))).toEqual({ answered: true, message });
});
