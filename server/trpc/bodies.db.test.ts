import superjson from 'superjson';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCheckout } from '#payments';
import { type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import { handleTrpc } from './http.ts';

const PLACES = 4;
const KILOBYTES_256 = 256 * 1024;
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('bodies', { env: { MAX_REQUESTS_IN_FLIGHT: String(PLACES) } });
});

afterAll(() => system.stop());

/** Pays a checkout as its page does, with a body that says it has so many bytes. */
function pay(body: ReadableStream<Uint8Array> | string, announced: number): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'content-length': String(announced) };
  const init = { method: 'POST', headers, body, duplex: 'half' };
  const request = new Request('http://shop.test/api/trpc/checkouts.pay', init as RequestInit);
  return handleTrpc(request, { readCookie: () => undefined, readHeader: () => null });
}

async function payWell(): Promise<Response> {
  const { payment: _, ...request } = samplePayment();
  const { checkoutId } = await createCheckout(request, 'shop');
  const body = JSON.stringify(superjson.serialize({ checkoutId, idempotencyKey: `key-of-${checkoutId}` }));
  return pay(body, body.length);
}

const codeOf = async (response: Response) =>
  ((await response.json()) as { error: { json: { data: { appCode: string } } } }).error.json.data.appCode;

test('more senders that never begin than there are places keep nobody from paying, and are refused in time', async () => {
  const sleepers = Array.from({ length: 3 * PLACES }, () => pay(new ReadableStream(), 100));
  expect((await payWell()).status).toBe(200);
  for (const refused of await Promise.all(sleepers)) {
    expect(refused.status).toBe(408);
    expect(refused.headers.get('connection')).toBe('close');
    expect(await codeOf(refused)).toBe('body_too_slow');
  }
});

test('a body that grows beyond the limit is refused there, whatever was announced', async () => {
  let givenBytes = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      givenBytes += 16 * 1024;
      controller.enqueue(new Uint8Array(16 * 1024));
    },
  });
  const refused = await pay(endless, 100);
  expect([refused.status, refused.headers.get('connection')]).toEqual([413, 'close']);
  expect(await codeOf(refused)).toBe('body_too_large');
  expect(givenBytes).toBeLessThan(2 * KILOBYTES_256);
});

test('a card number in a body is refused, in the form of every refusal', async () => {
  const body = '{"json":{"note":"4242424242424242"}}';
  const refused = await pay(body, body.length);
  expect(refused.status).toBe(400);
  expect(await codeOf(refused)).toBe('card_data_refused');
});
