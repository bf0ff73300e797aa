import { expect, test } from 'vitest';
import { guardSignIn } from './sign-in-door.ts';

const URL_OF_FORM = 'http://shop.test/api/auth/callback/credentials';
const FORM = { 'content-type': 'application/x-www-form-urlencoded', cookie: 'csrf=1' };
const PLACES = 4;
process.env.MAX_REQUESTS_IN_FLIGHT = String(PLACES);

function post(body: ReadableStream<Uint8Array> | string, headers: Record<string, string> = FORM): Request {
  return new Request(URL_OF_FORM, { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
}

/** What stands behind the door: tells what it was given. */
const told = async (request: Request) =>
  Response.json([request.method, request.url, request.headers.get('cookie'), await request.text()]);

const refusedWith = async (request: Request) => {
  const response = await guardSignIn(request, told);
  return [response.status, await response.json()];
};

test('a form is handed on as it was sent, and what has no body passes', async () => {
  const response = await guardSignIn(post('email=ann%40example.test'), told);
  expect(await response.json()).toEqual(['POST', URL_OF_FORM, 'csrf=1', 'email=ann%40example.test']);
  const request = new Request('http://shop.test/api/auth/csrf');
  const passed = Response.json('the token');
  expect(await guardSignIn(request, async (given) => (given === request ? passed : Response.error()))).toBe(passed);
});

test('a body without an end is refused with 413, and its connection ends', async () => {
  let given = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      given += 1;
      controller.enqueue(new Uint8Array(8 * 1024));
    },
  });
  const response = await guardSignIn(post(endless), told);
  expect([response.status, await response.json()]).toEqual([413, { code: 'body_too_large' }]);
  expect(response.headers.get('connection')).toBe('close');
  expect(given).toBeLessThan(6);
});

test('malformed JSON is refused with 400, also from a type with more words', async () => {
  for (const type of ['application/json', 'application/json; charset=utf-8'])
    expect(await refusedWith(post('{"email":', { 'content-type': type }))).toEqual([400, { code: 'json_malformed' }]);
  expect((await guardSignIn(post('{"email":""}', { 'content-type': 'application/json' }), told)).status).toBe(200);
});

test('more senders that never begin than there are places keep nobody from signing in, and are refused in time', async () => {
  const sleepers = Array.from({ length: 3 * PLACES }, () => refusedWith(post(new ReadableStream())));
  expect((await guardSignIn(post('email=ann%40example.test'), told)).status).toBe(200);
  for (const answer of await Promise.all(sleepers)) expect(answer).toEqual([408, { code: 'body_too_slow' }]);
});

test('a process that is full turns a sign-in away, and tells when to come again', async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  let arrived = 0;
  const { promise: full, resolve: isFull } = Promise.withResolvers<void>();
  const waiting = Array.from({ length: PLACES }, () =>
    guardSignIn(post('a=b'), async () => {
      arrived += 1;
      if (arrived === PLACES) isFull();
      await held;
      return new Response();
    }),
  );
  await full;
  const refused = await guardSignIn(post('a=b'), told);
  expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([
    503,
    '1',
    { code: 'overloaded' },
  ]);
  release();
  await Promise.all(waiting);
  expect((await guardSignIn(post('a=b'), told)).status).toBe(200);
});
