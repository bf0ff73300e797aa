import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '#auth';
import { lanePool } from '#db';
import { MAX_REDRIVEN } from '#dead-letters';
import { applyOutcomes, type CheckoutView, getCheckout, takePayment } from '#payments';
import { makeDue, type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import { createCaller } from './root.ts';

let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('redrive');
});

afterAll(() => system.stop());

const as = (role: Role, userId = 'user_1') =>
  createCaller({
    actor: { userId, role, sellerId: null, sellerName: null, name: 'One', email: 'one@example.test' },
    requestId: 'req_test',
  }).admin.deadLetters;

const UNAVAILABLE = { kind: 'attempt', cause: 'psp_unavailable' } as const;

/** Payments that the provider could not be reached for until their hour was over. */
async function unavailable(count: number): Promise<string[]> {
  const requests = Array.from({ length: count }, () => samplePayment());
  await system.wire.unplug();
  await Promise.all(requests.map((request) => takePayment(request, 'key:shop', { waitMs: 0 })));
  await system.wire.plugIn();
  const ids = requests.map((request) => request.checkoutId);
  await expect
    .poll(async () => {
      const { rows } = await system.owner.query(
        'select 1 from payment_attempts where checkout_id = any($1) and error is not null and sends = 0',
        [ids],
      );
      return rows.length;
    })
    .toBe(count);
  await system.owner.query(
    `update payment_attempts set created_at = now() - interval '61 minutes' where checkout_id = any($1)`,
    [ids],
  );
  const { rows } = await system.owner.query<{ id: string }>(
    'select id from payment_attempts where checkout_id = any($1)',
    [ids],
  );
  const outcome = { kind: 'not_started', reason: 'ECONNREFUSED', retryAfterSeconds: null, countsAsTry: false } as const;
  await applyOutcomes(
    lanePool(),
    rows.map(({ id }) => ({ attemptId: id, outcome, actor: 'resolver' as const })),
  );
  return ids;
}

/** Seconds from now until each attempt that waits to be sent is, in order. */
async function departures(): Promise<number[]> {
  const { rows } = await system.owner.query<{ wait: number }>(
    'select extract(epoch from resolve_at - now())::float8 as wait from payment_attempts where finished_at is null order by resolve_at',
  );
  return rows.map((row) => row.wait);
}

const statesOf = async (ids: readonly string[]) =>
  (await Promise.all(ids.map((id) => getCheckout(id)))).map((view: CheckoutView) => view.orders[0]?.status);

test('all letters of a cause are previewed, and set on their way at a rate, once, however often and by how many at once', async () => {
  const ids = await unavailable(12);
  expect(await as('support').causes()).toMatchObject([{ ...UNAVAILABLE, count: 12 }]);
  const preview = await as('support').preview(UNAVAILABLE);
  expect(preview).toMatchObject({ count: 12, oldestAt: expect.any(Date) });
  expect(preview.sample).toHaveLength(10);
  expect(preview.sample[0]).toMatchObject({ lastError: 'ECONNREFUSED', wayOut: 'try_again', closable: true });
  const [later] = await unavailable(1);

  const upTo = preview.upTo ?? '';
  const order = { ...UNAVAILABLE, upTo, perSecond: 2 };
  const results = await Promise.all(
    Array.from({ length: 8 }, (_, place) =>
      as('finance', `user_${place}`).redriveCause({ ...order, reason: `the provider is back, says ${place}` }),
    ),
  );
  expect(results.map((result) => result.moved).toSorted((a, b) => b - a)).toEqual([12, 0, 0, 0, 0, 0, 0, 0]);
  expect(results.every((result) => result.left === 0 && result.remaining === 0)).toBe(true);
  expect(await as('admin').redriveCause({ ...order, reason: 'once more' })).toMatchObject({ moved: 0, lastAt: null });

  const waits = await departures();
  expect(waits).toHaveLength(12);
  for (const [place, wait] of waits.entries()) expect(wait - (waits[0] ?? 0)).toBeCloseTo(place / 2, 1);
  // What failed after somebody looked was not seen, and waits for the next look.
  expect(await as('support').causes()).toMatchObject([{ ...UNAVAILABLE, count: 1 }]);
  expect(await statesOf([later ?? ''])).toEqual(['FAILED']);

  await expect
    .poll(
      async () => {
        await makeDue(system.owner);
        await system.resolveNow();
        return new Set(await statesOf(ids));
      },
      { timeout: 20_000 },
    )
    .toEqual(new Set(['SUCCESS']));
  for (const id of ids) {
    const [order] = (await getCheckout(id)).orders;
    expect(await system.charges(order?.paymentOrderId)).toHaveLength(1);
  }
  const { rows } = await system.owner.query<{ resolution: string }>(
    `select resolution from dead_letters where cause = 'psp_unavailable' and resolved_at is not null`,
  );
  expect(rows).toHaveLength(12);
  for (const { resolution } of rows) expect(resolution).toMatch(/^user:user_(\d): the provider is back, says \1$/);
  expect(await system.problems()).toEqual([]);
}, 60_000);

test('letters for which nothing can be done this way stay where they are', async () => {
  await takePayment(samplePayment({ token: 'tok_nobody_knows' }), 'key:shop', { waitMs: 10_000 });
  const [letter] = (await as('admin').list()).rows;
  expect(letter).toMatchObject({ wayOut: 'close', closable: true });
  const { kind, cause } = { kind: 'attempt' as const, cause: letter?.cause ?? '' };
  const { upTo } = await as('admin').preview({ kind, cause });
  const result = await as('admin').redriveCause({ kind, cause, upTo: upTo ?? '', perSecond: 1, reason: 'all of them' });
  expect(result).toMatchObject({ moved: 0, left: 1, remaining: 0 });
  expect((await as('admin').list({ kind, cause })).total).toBe(1);
});

test('webhooks of a cause are handled again at a rate; more than one redrive takes wait for the next', async () => {
  const surplus = 5;
  await system.owner.query(
    `with dead as (
       insert into webhook_inbox (source, account, event_id, type, payload, state, verdict, handled_at)
       select 'psp', 'platform', 'evt_' || n, 'charge.succeeded', '{"id":"evt","type":"charge.succeeded"}', 'dead', 'broken', now()
       from generate_series(1, $1) n returning id
     ) insert into dead_letters (kind, subject_id, cause, tries) select 'webhook', id::text, 'broken', 6 from dead`,
    [MAX_REDRIVEN + surplus],
  );
  const broken = { kind: 'webhook', cause: 'broken' } as const;
  const { upTo, count } = await as('admin').preview(broken);
  expect(count).toBe(MAX_REDRIVEN + surplus);
  const redrive = () => as('admin').redriveCause({ ...broken, upTo: upTo ?? '', perSecond: 50, reason: 'mended' });
  expect(await redrive()).toMatchObject({ moved: MAX_REDRIVEN, remaining: surplus });
  expect(await redrive()).toMatchObject({ moved: surplus, remaining: 0 });
  const { rows } = await system.owner.query<{ spread: number }>(
    `select extract(epoch from max(retry_at) - min(retry_at))::float8 as spread from webhook_inbox where state = 'received'`,
  );
  expect(rows[0]?.spread).toBeGreaterThan((MAX_REDRIVEN - 1) / 50 - 0.1);
});

test('only operators may, with a reason, at a rate within bounds', async () => {
  const order = { ...UNAVAILABLE, upTo: '1', perSecond: 1, reason: 'because' };
  for (const role of ['support', 'approver', 'seller', 'shopper'] as const)
    await expect(as(role).redriveCause(order)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  for (const role of ['seller', 'shopper'] as const) {
    await expect(as(role).causes()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(as(role).preview(UNAVAILABLE)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  }
  for (const bad of [{ reason: ' ' }, { perSecond: 0 }, { perSecond: 51 }, { perSecond: 1.5 }, { upTo: 'x' }])
    await expect(as('admin').redriveCause({ ...order, ...bad })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});
