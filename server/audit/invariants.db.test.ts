import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lanePool, pool } from '#db';
import { applyOutcomes, retryPayment, takePayment } from '#payments';
import { type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import { auditBooks } from './audit-books.ts';
import { INVARIANTS } from './invariants.ts';

/** A checker that cannot fail proves nothing: each invariant is broken once, with the database's own rules switched off. */
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('audit');
  const requests = [
    samplePayment({ orders: [{ seller: 'shop' }, { seller: 'other_shop', amount: '10.00' }] }),
    samplePayment({ orders: [{ seller: 'shop', currency: 'JPY', amount: '500' }] }),
    samplePayment({ token: 'tok_chargeDeclined' }),
  ];
  for (const request of requests) await takePayment(request, 'key:shop', { waitMs: 10_000 });
  const declined = requests[2]?.orders[0]?.paymentOrderId ?? '';
  await retryPayment(declined, { token: 'tok_chargeDeclined' }, 'key:shop', { waitMs: 10_000 });
  await holdLateCapture(declined);
});

afterAll(() => system.stop());

async function holdLateCapture(orderId: string): Promise<void> {
  const { rows } = await system.owner.query<{ id: string }>(
    'select attempt_id as id from attempt_orders where payment_order_id = $1 limit 1',
    [orderId],
  );
  const outcome = {
    kind: 'succeeded' as const,
    pspPaymentId: 'pi',
    chargeId: 'ch_late',
    amountMinor: 2_999n,
    currency: 'USD' as const,
    cardLast4: null,
  };
  await applyOutcomes(lanePool(), [{ attemptId: rows[0]?.id ?? '', outcome, actor: 'webhook' }]);
}

const SUCCESS_ORDER = `(select payment_order_id from payment_orders where state = 'SUCCESS' and currency = 'USD' order by 1 limit 1)`;
const CAPTURED = `(select id from ledger_transactions where kind = 'order_captured' and source_id = ${SUCCESS_ORDER})`;
const BUYER = `(select id from ledger_accounts where code = 'buyer:user_123:USD')`;
const LATE = `(select payment_order_id from payment_orders where state = 'LATE_SUCCESS')`;
/** Adds an amount to an account's last entry and its balance, so that the account itself stays in order. */
const shift = (account: string, by: number) => [
  `update ledger_entries e set amount_minor = amount_minor + ${by}, balance_after = balance_after + ${by}
   from ledger_accounts a where a.code = '${account}' and e.account_id = a.id and e.account_seq = a.version`,
  `update ledger_accounts set balance = balance + ${by} where code = '${account}'`,
];
/** A whole transaction from the buyer to suspense that nothing else refers to. */
const extra = (kind: string, source: string) => `
  with t as (insert into ledger_transactions (id, kind, legs, source_id) values (gen_random_uuid(), '${kind}', 2, ${source}) returning id),
  moved as (select id, balance, version, code from ledger_accounts where code in ('buyer:user_123:USD', 'suspense:platform:USD')),
  e as (insert into ledger_entries (account_id, account_seq, transaction_id, amount_minor, balance_after, currency)
    select m.id, m.version + 1, t.id, case when code like 'buyer%' then 5 else -5 end, m.balance + case when code like 'buyer%' then 5 else -5 end, 'USD'
    from moved m, t)
  update ledger_accounts a set version = a.version + 1, balance = a.balance + case when a.code like 'buyer%' then 5 else -5 end
  from moved m where m.id = a.id`;

/** The held money of the late capture vanishes without a trace: accounts and sums stay in order. */
const FORGET_LATE = `
  with t as (delete from ledger_transactions where kind = 'late_capture_held' returning id),
  e as (delete from ledger_entries e using t where e.transaction_id = t.id returning e.account_id, e.amount_minor)
  update ledger_accounts a set balance = balance - e.amount_minor, version = version - 1 from e where a.id = e.account_id`;

/** Invariant → what breaks it and, as far as rules depend on each other, nothing else. */
const PLANTED: Record<string, { plant: string[]; also?: string[] }> = {
  I1: {
    // A unit moves from one transaction of the buyer to another one of the platform: all sums but those of the two stay.
    plant: [...shift('seller_pending:other_shop:USD', 1), ...shift('suspense:platform:USD', -1)],
  },
  I2: { plant: shift('seller_pending:shop:JPY', 1), also: ['I1'] },
  I3: { plant: [`update ledger_transactions set legs = 7 where id = ${CAPTURED}`] },
  I4: {
    plant: [
      `update ledger_accounts set currency = 'EUR', code = 'suspense:platform:EUR' where code = 'suspense:platform:USD'`,
    ],
    also: ['I2'],
  },
  I5: { plant: ['alter table captures disable trigger captures_append_only'] },
  I6: {
    plant: [
      `update ledger_entries set balance_after = balance_after + 1 where account_id = ${BUYER} and account_seq = 1`,
    ],
  },
  I7: {
    plant: [
      'alter table ledger_transactions drop constraint ledger_transactions_one_per_fact',
      extra('late_capture_held', `'att_twice'`),
      extra('late_capture_held', `'att_twice'`),
    ],
  },
  I11: {
    plant: [
      'alter table ledger_accounts drop constraint ledger_accounts_rule_of_kind, drop constraint ledger_accounts_balance_side',
      `update ledger_accounts set balance_rule = 'credit' where code = 'buyer:user_123:USD'`,
    ],
  },
  I13: { plant: [`update captures set amount_minor = amount_minor + 1 where payment_order_id = ${SUCCESS_ORDER}`] },
  I15: { plant: [`delete from captures where payment_order_id = ${LATE}`] },
  I16: {
    plant: [
      `update order_transitions set from_state = 'UNKNOWN' where payment_order_id = ${SUCCESS_ORDER} and to_state = 'SUCCESS'`,
    ],
  },
  I17: {
    plant: ['one', 'two'].flatMap((id) => [
      `insert into payment_attempts (id, checkout_id, attempt_no, kind, amount_minor, currency, resolve_at)
       select 'att_${id}', checkout_id, 9, 'direct', amount_minor, currency, now() from payment_orders where payment_order_id = ${SUCCESS_ORDER}`,
      `insert into attempt_orders (attempt_id, payment_order_id) values ('att_${id}', ${SUCCESS_ORDER})`,
    ]),
  },
  I19: {
    plant: [
      `update payment_attempts set amount_minor = amount_minor + 1 where id = (select attempt_id from captures where payment_order_id = ${SUCCESS_ORDER})`,
    ],
  },
  I20: {
    plant: [
      `update payment_orders set commission_minor = commission_minor + 1 where payment_order_id = ${SUCCESS_ORDER}`,
    ],
  },
  I29: {
    plant: [
      'alter table webhook_inbox drop constraint webhook_inbox_event_once',
      `insert into webhook_inbox (source, account, event_id, type, payload) values ('psp', 'p', 'evt', 't', '{}'), ('psp', 'p', 'evt', 't', '{}')`,
    ],
  },
  I30: { plant: [`delete from outbox where key = ${SUCCESS_ORDER}`] },
  I33: { plant: [`update payment_attempts set tries = 7 where state = 'SUCCEEDED'`] },
  I41: { plant: ['delete from dead_letters'] },
};

async function violatedAfter(...statements: string[]): Promise<string[]> {
  const client = await system.owner.connect();
  try {
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    for (const statement of statements) {
      const { rowCount, command } = await client.query(statement);
      if (command !== 'ALTER') expect(rowCount, statement).toBeGreaterThan(0);
    }
    const violated: string[] = [];
    for (const { id, violations } of INVARIANTS) {
      const { rows } = await client.query<{ subject: string }>(violations);
      if (rows.length === 0) continue;
      expect(rows[0]?.subject, `${id} names its subject`).toBeTruthy();
      violated.push(id);
    }
    return violated;
  } finally {
    await client.query('rollback');
    client.release();
  }
}

test('the books of real payments hold every invariant', async () => {
  const verdicts = await auditBooks();
  expect(verdicts.map((verdict) => verdict.id)).toEqual(INVARIANTS.map((invariant) => invariant.id));
  expect(verdicts.filter((verdict) => verdict.violations > 0)).toEqual([]);
  expect(await violatedAfter()).toEqual([]);
});

test.each(Object.entries(PLANTED))(
  '%s is seen to fail when it is broken, and it alone',
  async (id, { plant, also = [] }) => {
    expect(await violatedAfter(...plant)).toEqual(
      [...also, id].toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1))),
    );
  },
);

test.each([
  ['I3', [`delete from ledger_entries where transaction_id = ${CAPTURED} and account_id = ${BUYER}`]],
  ['I6', [`update ledger_accounts set balance = balance + 1 where code = 'buyer:user_123:USD'`]],
  ['I6', [`update ledger_accounts set version = version + 1 where code = 'buyer:user_123:USD'`]],
  ['I6', [`update ledger_entries set account_seq = account_seq + 100 where account_id = ${BUYER} and account_seq = 2`]],
  ['I15', [`delete from captures where payment_order_id = ${SUCCESS_ORDER}`]],
  ['I15', [FORGET_LATE]],
  ['I15', [`update payment_attempts set state = 'SUCCEEDED' where state = 'DECLINED'`]],
  ['I15', [extra('order_captured', `'order_nobody_paid'`)]],
  ['I15', [`update payment_orders set state = 'FAILED' where payment_order_id = ${SUCCESS_ORDER}`]],
  ['I16', [`delete from order_transitions where payment_order_id = ${SUCCESS_ORDER} and seq = 1`]],
  ['I16', [`update payment_orders set state = 'FAILED' where payment_order_id = ${SUCCESS_ORDER}`]],
  [
    'I29',
    [
      `alter table webhook_inbox drop constraint webhook_inbox_handled_has_verdict`,
      `insert into webhook_inbox (source, account, event_id, type, payload, state) values ('psp', 'p', 'evt', 't', '{}', 'handled')`,
    ],
  ],
  ['I41', [`update dead_letters set cause = 'outcome_unknown'`]],
  ['I41', [`update payment_orders set state = 'EXECUTING' where payment_order_id = ${SUCCESS_ORDER}`]],
  ['I41', [`update payment_orders set state = 'MANUAL_REVIEW' where payment_order_id = ${SUCCESS_ORDER}`]],
])('%s also sees %j', async (id, plant) => {
  expect(await violatedAfter(...plant)).toContain(id);
});

test('every invariant has its planted violation', () => {
  expect(Object.keys(PLANTED)).toEqual(INVARIANTS.map((invariant) => invariant.id));
});

test('the audit itself reports what was corrupted behind its back, by name', async () => {
  const client = new pg.Client({ connectionString: system.database.url });
  await client.connect();
  const corrupt = (by: number) =>
    `update captures set amount_minor = amount_minor + ${by} where payment_order_id = ${SUCCESS_ORDER}`;
  await client.query('set session_replication_role = replica');
  await client.query(corrupt(1));
  const broken = (await auditBooks()).filter((verdict) => verdict.violations > 0);
  await client.query(corrupt(-1));
  await client.end();
  expect(broken).toMatchObject([{ id: 'I13', violations: 1, subjects: [expect.stringMatching(/^checkout_/)] }]);
  expect((await auditBooks()).every((verdict) => verdict.violations === 0)).toBe(true);
});

test('the audit changes nothing and needs no right that the application does not have', async () => {
  const { rows } = await pool().query<{ role: string }>('select current_user as role');
  expect(rows).toEqual([{ role: 'countinghouse_app' }]);
});
