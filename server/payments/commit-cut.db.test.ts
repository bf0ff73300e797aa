import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type PaymentSystem, type PgLine, samplePayment, startPaymentSystem, startPgLine } from '#testing';
import { type TakenPayment, takePayment } from './take-payment.ts';

/** The connection breaks after PostgreSQL has committed and before it could say so: nobody knows, and it must count once. */
let system: PaymentSystem;
let line: PgLine;

beforeAll(async () => {
  system = await startPaymentSystem('commit_cut');
  line = await startPgLine(system.database.url);
  process.env.DATABASE_URL = line.through(system.database.url);
});

afterEach(() => line.cutAt('', { times: 0 }));

afterAll(async () => {
  await system.stop();
  await line.stop();
});

/** What a client does: the same request again until it is answered. */
async function payUntilAnswered(request: ReturnType<typeof samplePayment>): Promise<TakenPayment> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await takePayment(request, 'key:shop', { waitMs: 0 });
    } catch (error) {
      expect(error).toMatchObject({ code: 'database_unavailable', retryable: true });
      if (tries === 10) throw error;
    }
  }
}

test.each([
  ['of the intake', { times: 1 }],
  ['of the outcome', { times: 1, letThrough: 1 }],
  ['of both', { times: 2 }],
])('T-F10 the answer to the COMMIT %s is lost: one charge, one capture, one credit', async (_, cuts) => {
  const request = samplePayment();
  const [order] = request.orders;
  line.cutAt('COMMIT', cuts);
  await payUntilAnswered(request);
  await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  expect(line.cutsLeft).toBe(0);
  expect(await system.charges(order?.paymentOrderId)).toHaveLength(1);
  const { rows } = await system.owner.query(
    `select (select count(*)::int from captures where payment_order_id = $1) as captures,
            (select count(*)::int from ledger_transactions where source_id = $1) as postings,
            (select count(*)::int from outbox where key = $1 and payload->>'state' = 'SUCCESS') as notifications`,
    [order?.paymentOrderId],
  );
  expect(rows).toEqual([{ captures: 1, postings: 1, notifications: 1 }]);
  expect(await system.problems()).toEqual([]);
});

test('twenty payments at once meet cut commits: each counts once', async () => {
  const requests = Array.from({ length: 20 }, () => samplePayment());
  line.cutAt('COMMIT', { times: 3 });
  await Promise.all(requests.map(payUntilAnswered));
  for (const { checkoutId } of requests) await system.reaches(checkoutId, 'SUCCESS', { resolving: true });
  expect(await system.problems()).toEqual([]);
});
