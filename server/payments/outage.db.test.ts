import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { metrics } from '#observability';
import { psp } from '#psp';
import { type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import { DRAIN_BURST, DRAIN_PER_SECOND, resolveAttempts } from './resolve-attempts.ts';
import { retryPayment } from './retry-payment.ts';
import { drainPayments, takePayment } from './take-payment.ts';

const SHOP = 'key:shop';
/** Longer than a test may take: a caller that is held for it never gets an answer. */
const FOR_EVER = 600_000;
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('outage', { env: { PSP_TIMEOUT_MS: '20000' } });
});

afterAll(() => system.stop());

async function shows(line: RegExp): Promise<boolean> {
  return line.test(await metrics().getSingleMetricAsString(/\w+/.exec(line.source)?.[0] ?? ''));
}

/** Everything about the attempts that a worker could have touched. */
async function attempts(): Promise<string> {
  const { rows } = await system.owner.query<{ all: string }>(
    `select md5(string_agg(concat_ws(' ', id, ctid, xmin, resolve_at, tries, sends, asked_at), ',' order by id)) as all from payment_attempts`,
  );
  return rows[0]?.all ?? '';
}

test('while the provider is away payments are taken and answered at once; the backlog is left alone, and drained at a rate when it is back', async () => {
  await system.wire.unplug();
  const requests = Array.from({ length: 500 }, () => samplePayment());
  const answers = await Promise.all(requests.map((request) => takePayment(request, SHOP, { waitMs: FOR_EVER })));
  expect(answers.every(({ checkout }) => checkout.status === 'PROCESSING')).toBe(true);
  await drainPayments();
  expect(psp().health().breaker).not.toBe('closed');
  expect(await shows(/psp_breaker_changes_total\{to="open"\} [1-9]/)).toBe(true);
  const { rows } = await system.owner.query(
    'select max(tries)::int as tries, max(sends)::int as sends from payment_attempts',
  );
  expect(rows).toEqual([{ tries: 0, sends: 0 }]);

  // Rounds that find the breaker open touch nothing; the first one that finds it ready takes one attempt, as its probe.
  for (let taken = 0; taken === 0; ) {
    const before = await attempts();
    taken = await resolveAttempts(500);
    expect(taken).toBeLessThanOrEqual(1);
    if (taken === 0) expect(await attempts()).toBe(before);
  }

  const sends: number[] = [];
  system.wire.rule((call, forward) => {
    if (call.method === 'POST') sends.push(performance.now());
    return forward();
  });
  await system.wire.plugIn();
  await system.owner.query('update payment_attempts set resolve_at = now()');
  await vi.waitFor(
    async () => {
      await resolveAttempts(500);
      const { rows: open } = await system.owner.query(`select 1 from payment_orders where state <> 'SUCCESS' limit 1`);
      expect(open).toEqual([]);
    },
    { timeout: 90_000, interval: 10 },
  );
  expect(sends).toHaveLength(500);
  for (const [index, from] of sends.entries()) {
    const within = (seconds: number) => sends.slice(index).filter((at) => at - from <= seconds * 1_000).length;
    // Claimed at the rate; a call may start a little later than it was claimed.
    for (const seconds of [1, 2, 4])
      expect(within(seconds)).toBeLessThanOrEqual(DRAIN_PER_SECOND * seconds + 2 * DRAIN_BURST);
  }
  expect(await shows(/psp_breaker_changes_total\{to="closed"\} [1-9]/)).toBe(true);
  expect(await shows(/psp_breaker_state 0/)).toBe(true);
  // What never reached the provider is not asked about: one call each, and the first ones of the outage and its probes.
  expect(system.wire.calls.filter((call) => call.method === 'GET')).toEqual([]);
  expect(await system.charges()).toHaveLength(500);
  expect(await system.problems()).toEqual([]);
}, 150_000);

test('a provider that cuts every connection for long leaves nothing to a person: what it never saw is sent when it is back', async () => {
  const requests = Array.from({ length: 12 }, () => samplePayment());
  system.wire.rule(async () => 'cut');
  await Promise.all(requests.map((request) => takePayment(request, SHOP, { waitMs: 0 })));
  await drainPayments();
  const probes = async () =>
    Number(/to="half-open"\} (\d+)/.exec(await metrics().getSingleMetricAsString('psp_breaker_changes_total'))?.[1]);
  const before = await probes();
  await vi.waitFor(
    async () => {
      await system.resolveNow();
      expect(await probes()).toBeGreaterThanOrEqual(before + 3);
    },
    { timeout: 30_000, interval: 20 },
  );
  const states = async () =>
    (await system.owner.query<{ state: string }>('select distinct state from payment_orders')).rows.map(
      (row) => row.state,
    );
  expect(await states()).not.toContain('MANUAL_REVIEW');
  system.wire.rule();
  for (const request of requests) await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  expect((await system.owner.query('select 1 from dead_letters')).rows).toEqual([]);
  expect(await system.problems()).toEqual([]);
}, 90_000);

test('a caller that insists on waiting gets the outcome when the provider is back', async () => {
  await system.wire.unplug();
  const request = samplePayment();
  const waiting = takePayment(request, SHOP, { waitMs: 60_000, patient: true });
  await vi.waitFor(async () => {
    const { rows } = await system.owner.query('select error from payment_attempts where checkout_id = $1', [
      request.checkoutId,
    ]);
    expect(rows).toEqual([{ error: expect.stringMatching(/ECONNREFUSED|breaker_open/) }]);
  });
  await system.wire.plugIn();
  await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  expect((await waiting).settled).toBe(true);
}, 60_000);

test('a provider that is away for an hour fails the order with nothing charged; a person, or the shop, has it sent after all, once', async () => {
  await system.wire.unplug();
  const request = samplePayment();
  const orderId = request.orders[0]?.paymentOrderId ?? '';
  await takePayment(request, SHOP, { waitMs: 0 });
  await drainPayments();
  await system.owner.query(
    `update payment_attempts set created_at = now() - interval '61 minutes' where checkout_id = $1`,
    [request.checkoutId],
  );
  await system.reaches(request.checkoutId, 'FAILED', { resolving: true });
  const letter = async () =>
    (
      await system.owner.query(
        `select d.cause, d.last_error, d.resolution from dead_letters d join payment_attempts a on a.id = d.subject_id where a.checkout_id = $1`,
        [request.checkoutId],
      )
    ).rows;
  expect(await letter()).toEqual([{ cause: 'psp_unavailable', last_error: expect.any(String), resolution: null }]);
  await system.wire.plugIn();
  await vi.waitFor(() => expect(psp().health().breaker).not.toBe('open'), { timeout: 10_000 });
  await retryPayment(orderId, { token: 'tok_visa' }, SHOP, { waitMs: 10_000 });
  await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  expect(await letter()).toMatchObject([{ resolution: 'api: tried again by the shop' }]);
  expect(await system.charges(orderId)).toHaveLength(1);
}, 60_000);
