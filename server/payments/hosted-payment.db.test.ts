import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import { cancelCheckout } from './cancel-checkout.ts';
import { createCheckout } from './create-checkout.ts';
import { getCheckout } from './get-checkout.ts';
import { startHostedPayment } from './start-hosted-payment.ts';
import type { CheckoutView } from './views.ts';

const DECLINED_CARD = '4000000000000002';
const CHALLENGED_CARD = '4000000000003220';
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('hosted', {
    webhooks: true,
    env: { PSP_TIMEOUT_MS: '1500' },
    simulatorEnv: { PSP_SESSION_MIN_LIFE_SECONDS: '1' },
  });
});

afterEach(() => system.wire.rule());
afterAll(() => system.stop());

async function openCheckout(change?: Parameters<typeof samplePayment>[0]): Promise<CheckoutView> {
  const { payment: _, ...input } = samplePayment(change);
  return createCheckout(input, 'guest');
}

/** Handles webhooks as they come until the checkout is as wanted. */
async function follow(checkoutId: string, states: string[]): Promise<CheckoutView> {
  return vi.waitFor(
    async () => {
      await system.handleInbox();
      const checkout = await getCheckout(checkoutId);
      expect(checkout.orders.map((order) => order.status)).toEqual(states);
      return checkout;
    },
    { timeout: 15_000, interval: 30 },
  );
}

const sessionOf = (redirectUrl: string) => new URL(redirectUrl).pathname.split('/').at(-1) ?? '';

test('a shopper pays two sellers on one page with one charge, and each seller is credited', async () => {
  const checkout = await openCheckout({
    orders: [
      { seller: 'seller_x', amount: '10.00' },
      { seller: 'seller_y', amount: '5.50' },
    ],
  });
  expect(checkout).toMatchObject({ status: 'NOT_STARTED', payable: true, total: '15.50', pageUrl: null });
  const { redirectUrl } = await startHostedPayment(checkout.checkoutId);
  expect(await getCheckout(checkout.checkoutId)).toMatchObject({
    status: 'PROCESSING',
    pageUrl: redirectUrl,
    payable: true,
  });
  const paid = await system.payPage(redirectUrl);
  expect(paid.body).toMatchObject({ status: 'complete', payment_status: 'paid', amount_total: 1_550 });
  const done = await follow(checkout.checkoutId, ['SUCCESS', 'SUCCESS']);
  expect(done).toMatchObject({ status: 'COMPLETED', payable: false, pageUrl: null });
  const charges = await system.charges(checkout.orders[0]?.paymentOrderId);
  expect(charges).toMatchObject([
    { amount: 1_550, currency: 'usd', order_ids: checkout.orders.map((order) => order.paymentOrderId) },
  ]);
});

test('the same checkout again is the same; another one under its id is refused; two currencies need two checkouts', async () => {
  const { payment: _, ...input } = samplePayment();
  const first = await createCheckout(input, 'guest');
  expect(await createCheckout(input, 'guest')).toEqual(first);
  await expect(createCheckout(input, 'user:1')).rejects.toMatchObject({ code: 'idempotency_mismatch' });
  const { payment: __, ...mixed } = samplePayment({ orders: [{}, { currency: 'EUR' }] });
  await expect(createCheckout(mixed, 'guest')).rejects.toMatchObject({ code: 'currency_mixed' });
});

test('twenty clicks on pay open one page, under one key', async () => {
  const checkout = await openCheckout();
  const pages = await Promise.all(Array.from({ length: 20 }, () => startHostedPayment(checkout.checkoutId)));
  expect(new Set(pages.map((page) => page.redirectUrl)).size).toBe(1);
  expect(await startHostedPayment(checkout.checkoutId)).toEqual(pages[0]);
  const { rows } = await system.owner.query('select id from payment_attempts where checkout_id = $1', [
    checkout.checkoutId,
  ]);
  expect(rows).toHaveLength(1);
});

test('twenty submits of the card charge once', async () => {
  const checkout = await openCheckout();
  const { redirectUrl } = await startHostedPayment(checkout.checkoutId);
  const answers = await Promise.all(Array.from({ length: 20 }, () => system.payPage(redirectUrl)));
  expect(answers.every((answer) => answer.body.status === 'complete')).toBe(true);
  await follow(checkout.checkoutId, ['SUCCESS']);
  expect(await system.charges(checkout.orders[0]?.paymentOrderId)).toHaveLength(1);
});

test('a declined card leaves the page open and the order waiting; the next card pays it', async () => {
  const checkout = await openCheckout();
  const { redirectUrl } = await startHostedPayment(checkout.checkoutId);
  expect((await system.payPage(redirectUrl, DECLINED_CARD)).status).toBe(402);
  await vi.waitFor(
    async () => {
      await system.handleInbox();
      expect((await getCheckout(checkout.checkoutId)).lastDecline).toMatchObject({ code: 'card_declined' });
    },
    { timeout: 10_000, interval: 30 },
  );
  expect(await getCheckout(checkout.checkoutId)).toMatchObject({
    status: 'PROCESSING',
    payable: true,
    pageUrl: redirectUrl,
  });
  await system.payPage(redirectUrl);
  const done = await follow(checkout.checkoutId, ['SUCCESS']);
  expect(done).toMatchObject({ status: 'COMPLETED', lastDecline: null });
});

test.each([
  ['approve', 'complete', ['SUCCESS']],
  ['fail', 'open', ['REQUIRES_ACTION']],
] as const)('3-D Secure, answered with %s, leaves the page %s', async (outcome, status, states) => {
  const checkout = await openCheckout();
  const { redirectUrl } = await startHostedPayment(checkout.checkoutId);
  const challenged = await system.payPage(redirectUrl, CHALLENGED_CARD);
  expect(challenged.body).toMatchObject({ status: 'open', payment_intent: { status: 'requires_action' } });
  await system.browser('POST', `payment_pages/${sessionOf(redirectUrl)}/challenge`, { outcome });
  const page = await system.browser('GET', `payment_pages/${sessionOf(redirectUrl)}`);
  expect(page.body.status).toBe(status);
  await follow(checkout.checkoutId, [...states]);
});

describe('without a single webhook', () => {
  beforeAll(() => system.fault({ kind: 'webhook_drop', match: 'payment_intent', count: 50 }));

  test('a paid page is found by asking', async () => {
    await system.fault({ kind: 'webhook_drop', match: 'checkout', count: 1 });
    const checkout = await openCheckout();
    const { redirectUrl } = await startHostedPayment(checkout.checkoutId);
    await system.payPage(redirectUrl);
    const done = await system.reaches(checkout.checkoutId, 'SUCCESS', { resolving: true });
    expect(done.status).toBe('COMPLETED');
    expect(await system.charges(checkout.orders[0]?.paymentOrderId)).toHaveLength(1);
  });
});

test('an open page goes on while the provider refuses to say anything, and is paid', async () => {
  const checkout = await openCheckout();
  const { redirectUrl } = await startHostedPayment(checkout.checkoutId);
  const error = { type: 'invalid_request_error', code: 'api_key_revoked', message: 'no' };
  const refusal = { status: 401, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
  system.wire.rule(async () => refusal);
  for (let look = 0; look < 3; look += 1) await system.resolveNow();
  expect((await getCheckout(checkout.checkoutId)).orders).toMatchObject([{ status: 'REQUIRES_ACTION' }]);
  system.wire.rule();
  await system.payPage(redirectUrl);
  await system.reaches(checkout.checkoutId, 'SUCCESS', { resolving: true });
});

describe('a cancelled checkout', () => {
  test('closes its page: it cannot be paid any more, and is charged nothing', async () => {
    const checkout = await openCheckout();
    const { redirectUrl } = await startHostedPayment(checkout.checkoutId);
    expect((await cancelCheckout(checkout.checkoutId)).orders).toMatchObject([{ status: 'CANCELLED' }]);
    const late = await system.payPage(redirectUrl);
    expect(late.body.status).toBe('expired');
    expect(await system.charges(checkout.orders[0]?.paymentOrderId)).toEqual([]);
    await expect(startHostedPayment(checkout.checkoutId)).rejects.toMatchObject({ code: 'checkout_not_payable' });
  });

  test('is CANCELLED also when the answer to the cancelling is lost and the worker asks', async () => {
    const checkout = await openCheckout();
    await startHostedPayment(checkout.checkoutId);
    system.wire.rule(async (call, forward) => {
      const answer = await forward();
      return call.path.endsWith('/expire') ? 'cut' : answer;
    });
    await cancelCheckout(checkout.checkoutId);
    system.wire.rule();
    await system.reaches(checkout.checkoutId, 'CANCELLED', { resolving: true });
  });

  test('or one that is cancelled again, or was never started, stays as it is', async () => {
    const [fresh, cancelled] = [await openCheckout(), await openCheckout()];
    await startHostedPayment(cancelled.checkoutId);
    const first = await cancelCheckout(cancelled.checkoutId);
    expect(await cancelCheckout(cancelled.checkoutId)).toEqual(first);
    expect((await cancelCheckout(fresh.checkoutId)).status).toBe('NOT_STARTED');
    await expect(cancelCheckout('checkout_of_nobody')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('that is paid in the same moment is either paid and credited or cancelled and free, never both, in every one of ten rounds', async () => {
    for (let round = 0; round < 10; round += 1) {
      const checkout = await openCheckout();
      const { redirectUrl } = await startHostedPayment(checkout.checkoutId);
      const [paid] = await Promise.all([system.payPage(redirectUrl), cancelCheckout(checkout.checkoutId)]);
      const taken = await system.charges(checkout.orders[0]?.paymentOrderId);
      if (paid.body.status === 'complete') {
        await system.reaches(checkout.checkoutId, 'SUCCESS', { resolving: true });
        expect(taken).toHaveLength(1);
      } else {
        const { orders } = await getCheckout(checkout.checkoutId);
        expect(['CANCELLED', 'EXPIRED']).toContain(orders[0]?.status);
        expect(taken).toEqual([]);
      }
    }
  });
});

test('a page whose time ran out ends as EXPIRED, whichever of its messages comes first', async () => {
  for (let round = 0; round < 3; round += 1) {
    const checkout = await openCheckout();
    const { redirectUrl } = await startHostedPayment(checkout.checkoutId);
    await expireAtProvider(sessionOf(redirectUrl));
    await follow(checkout.checkoutId, ['EXPIRED']);
    await expect(startHostedPayment(checkout.checkoutId)).rejects.toMatchObject({ code: 'checkout_not_payable' });
  }
});

/** The provider's clock moves past the end of a session, and its loop finds it. */
async function expireAtProvider(sessionId: string): Promise<void> {
  const books = new pg.Client({ connectionString: system.simulator.database.url });
  await books.connect();
  await books.query('update checkout_sessions set expires_at = 1 where id = $1', [sessionId]);
  await books.end();
}

describe('the answer to the opening of a page', () => {
  test('that is lost leaves the shopper able to try again, and both tries lead to the same page, which can be paid', async () => {
    const checkout = await openCheckout();
    system.wire.rule(async (call, forward) => {
      await forward();
      return call.method === 'POST' ? 'cut' : forward();
    });
    await expect(startHostedPayment(checkout.checkoutId)).rejects.toMatchObject({
      code: 'psp_unavailable',
      retryable: true,
    });
    system.wire.rule();
    const { redirectUrl } = await startHostedPayment(checkout.checkoutId);
    expect(await getCheckout(checkout.checkoutId)).toMatchObject({
      status: 'PROCESSING',
      payable: true,
      pageUrl: redirectUrl,
    });
    await system.payPage(redirectUrl);
    await follow(checkout.checkoutId, ['SUCCESS']);
    const { rows } = await system.owner.query('select id from payment_attempts where checkout_id = $1', [
      checkout.checkoutId,
    ]);
    expect(rows).toHaveLength(1);
  });

  test('that never came is found by the worker, without the shopper', async () => {
    const checkout = await openCheckout();
    system.wire.rule(async (call, forward) => {
      if (call.method !== 'POST') return forward();
      await forward();
      return 'cut';
    });
    await expect(startHostedPayment(checkout.checkoutId)).rejects.toMatchObject({ code: 'psp_unavailable' });
    system.wire.rule();
    await vi.waitFor(
      async () => {
        await system.resolveNow();
        expect((await getCheckout(checkout.checkoutId)).pageUrl).not.toBeNull();
      },
      { timeout: 10_000, interval: 30 },
    );
    expect((await cancelCheckout(checkout.checkoutId)).status).not.toBe('PROCESSING');
  });
});

test('a checkout that appears in the middle of a press is not there yet for it, and is for the next one', async () => {
  const like = await openCheckout();
  const late = `${like.checkoutId}_late`;
  const other = await system.owner.connect();
  await other.query('begin');
  await other.query('lock table payment_events in access exclusive mode');
  // Its first read has found no order; its second one waits for the table.
  const press = startHostedPayment(late).catch((error: unknown) => error);
  await vi.waitFor(
    async () => {
      const waiting = await system.owner.query(
        `select from pg_locks where not granted and relation = 'payment_events'::regclass`,
      );
      expect(waiting.rowCount).toBe(1);
    },
    { timeout: 4_000, interval: 10 },
  );
  await other.query(
    `insert into payment_events (checkout_id, principal, flow, request_hash, buyer_user_id, buyer_email, buyer_name)
     select $2, principal, flow, request_hash, buyer_user_id, buyer_email, buyer_name from payment_events where checkout_id = $1`,
    [like.checkoutId, late],
  );
  await other.query(
    `insert into payment_orders (payment_order_id, checkout_id, line_no, seller_id, amount_minor, currency, commission_minor, state, state_seq)
     select $2, $2, line_no, seller_id, amount_minor, currency, commission_minor, state, state_seq from payment_orders where checkout_id = $1`,
    [like.checkoutId, late],
  );
  await other.query('commit');
  other.release();
  expect(await press).toMatchObject({ code: 'not_found' });
  expect((await startHostedPayment(late)).redirectUrl).toMatch(/^http/);
});

test('a checkout nobody knows cannot be started; neither can one that is being paid with a token', async () => {
  await expect(startHostedPayment('checkout_of_nobody')).rejects.toMatchObject({ code: 'not_found' });
});

test('after all of it the books add up, and agree with the journal of the provider', async () => {
  await vi.waitFor(
    async () => {
      await system.handleInbox();
      await system.resolveNow();
      expect(await system.problems()).toEqual([]);
    },
    { timeout: 10_000, interval: 100 },
  );
});
