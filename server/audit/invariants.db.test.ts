import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { config } from '#config';
import { lanePool, pool } from '#db';
import { applyDisputeNews } from '#disputes';
import { installJobs } from '#jobs';
import { applyOutcomes, retryPayment, takePayment } from '#payments';
import { applyPayoutOutcomes, approvePayout, cancelPayout, requestPayout, submitPayouts } from '#payouts';
import { applyRefundOutcomes, listRefunds, openRefunds, requestRefund, submitRefunds } from '#refunds';
import { openPayableSeller, type PaymentSystem, releaseEarnings, samplePayment, startPaymentSystem } from '#testing';
import { getWallet } from '#wallet';
import { auditBooks } from './audit-books.ts';
import { byNumber, INVARIANTS } from './invariants.ts';

/** A checker that cannot fail proves nothing: each invariant is broken once, with the database's own rules switched off. */
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('audit');
  await installJobs(system.database.url);
  const requests = [
    samplePayment({ orders: [{ seller: 'shop' }, { seller: 'other_shop', amount: '10.00' }] }),
    samplePayment({ orders: [{ seller: 'shop', currency: 'JPY', amount: '500' }] }),
    samplePayment({ token: 'tok_chargeDeclined' }),
    samplePayment({ token: 'tok_chargeDeclined' }),
  ];
  for (const request of requests) await takePayment(request, 'key:shop', { waitMs: 10_000 });
  const declined = requests[2]?.orders[0]?.paymentOrderId ?? '';
  await retryPayment(declined, { token: 'tok_chargeDeclined' }, 'key:shop', { waitMs: 10_000 });
  await giveBackLateCaptures();
  await refundAndDispute();
  await holdLateCaptures(declined, 2);
  // One that is settled and available, in a currency of its own; all others wait at the provider.
  const settled = samplePayment({ token: 'tok_bypassPending', orders: [{ seller: 'settled_shop', currency: 'EUR' }] });
  await takePayment(settled, 'key:shop', { waitMs: 10_000 });
  await system.settleNow();
  await payOutShop();
});

afterAll(() => system.stop());

/** Every attempt of a failed order turns out charged: one is the order's late capture, another is money too much. */
async function holdLateCaptures(orderId: string, attempts: number): Promise<void> {
  const { rows } = await system.owner.query<{ id: string }>(
    'select attempt_id as id from attempt_orders where payment_order_id = $1 order by 1',
    [orderId],
  );
  expect(rows).toHaveLength(attempts);
  for (const { id } of rows) {
    const outcome = {
      kind: 'succeeded' as const,
      pspPaymentId: `pi_of_${id}`,
      chargeId: `ch_of_${id}`,
      amountMinor: 2_999n,
      currency: 'USD' as const,
      cardLast4: null,
    };
    await applyOutcomes(lanePool(), [{ attemptId: id, outcome, actor: 'webhook' }]);
  }
}

/** Two late payments went back; the bank has returned one of them. */
async function giveBackLateCaptures(): Promise<void> {
  for (const request of [
    samplePayment({ token: 'tok_chargeDeclined' }),
    samplePayment({ token: 'tok_chargeDeclined' }),
  ]) {
    await takePayment(request, 'key:shop', { waitMs: 10_000 });
    await holdLateCaptures(request.orders[0]?.paymentOrderId ?? '', 1);
  }
  expect(await openRefunds(10)).toBe(2);
  system.wire.rule(async () => 'cut');
  expect(await submitRefunds(10)).toBe(2);
  system.wire.rule();
  const { rows } = await system.owner.query<{ id: string }>('select id from refunds order by id');
  const money = { amountMinor: 2_999n, currency: 'USD' as const };
  const news = rows.flatMap(({ id }, index) => {
    const known = { pspRefundId: `re_${id}`, ...money };
    const made = { refundId: id, actor: 'webhook' as const, outcome: { kind: 'succeeded' as const, ...known } };
    return index === 0 ? [made] : [made, { ...made, outcome: { kind: 'failed' as const, reason: 'closed', ...known } }];
  });
  await applyRefundOutcomes(lanePool(), news);
}

/** Payouts of the shop: one arrived, one came back, one failed, one was called off, and a large one whose answer is waited for. */
async function payOutShop(): Promise<void> {
  await openPayableSeller(system.owner, 'shop', 'acct_shop');
  const sale = samplePayment({ orders: [{ seller: 'shop', amount: '21000.00' }] });
  await takePayment(sale, 'key:shop', { waitMs: 10_000 });
  for (const { paymentOrderId } of sale.orders) await releaseEarnings(system.owner, paymentOrderId);
  const wish = { sellerId: 'shop', currency: 'USD', requestedBy: 'user:bo' } as const;
  const small = () => requestPayout({ ...wish, amountMinor: 500n });
  const [paid, returned, failed, cancelled] = [await small(), await small(), await small(), await small()];
  const large = await requestPayout({ ...wish, amountMinor: null });
  await approvePayout(large, { actor: 'user:fin' });
  await cancelPayout(cancelled, { actor: 'user:bo', reason: 'no' });
  system.wire.rule(async () => 'cut');
  expect(await submitPayouts(10)).toBe(4);
  system.wire.rule();
  const news = (payoutId: string, kind: 'paid' | 'failed') => {
    const known = { pspPayoutId: `psp_${payoutId}`, amountMinor: 500n, currency: 'USD' as const };
    const outcome = kind === 'paid' ? { kind, ...known } : { kind, reason: 'account_closed', ...known };
    return { payoutId, actor: 'webhook' as const, outcome };
  };
  await applyPayoutOutcomes(lanePool(), [
    news(paid, 'paid'),
    news(returned, 'paid'),
    news(returned, 'failed'),
    news(failed, 'failed'),
  ]);
}

/** Of two orders one went back in part, one is disputed beyond what it cost. */
async function refundAndDispute(): Promise<void> {
  for (const disputed of [false, true]) {
    const request = samplePayment({
      orders: [{ seller: disputed ? 'disputed_shop' : 'refunding_shop', currency: 'GBP' }],
    });
    await takePayment(request, 'key:shop', { waitMs: 10_000 });
    const paymentId = request.orders[0]?.paymentOrderId ?? '';
    if (disputed) await disputeBeyond(paymentId);
    else await refundPart(paymentId);
  }
}

async function refundPart(paymentId: string): Promise<void> {
  const amount = { amountMinor: 1_000n, currency: 'GBP' as const };
  const requestId = await requestRefund({ paymentId, amount, reason: 'other', actor: 'user:1' }, {});
  const [{ id } = { id: '' }] = (await listRefunds({ of: requestId })).rows;
  system.wire.rule(async () => 'cut');
  await submitRefunds(10);
  system.wire.rule();
  const outcome = { kind: 'succeeded' as const, pspRefundId: `re_${id}`, ...amount };
  await applyRefundOutcomes(lanePool(), [{ refundId: id, outcome, actor: 'webhook' }]);
}

async function disputeBeyond(paymentId: string): Promise<void> {
  const { rows } = await system.owner.query<{ id: string }>(
    'select psp_payment_id as id from payment_attempts a join attempt_orders ao on ao.attempt_id = a.id where payment_order_id = $1',
    [paymentId],
  );
  const facts = {
    pspDisputeId: 'du_1',
    pspPaymentId: rows[0]?.id ?? '',
    amountMinor: 5_000n,
    currency: 'GBP' as const,
    reason: 'fraudulent',
    stage: 'open' as const,
    dueBy: null,
    openedAt: new Date(),
    withdrawn: { amountMinor: 5_000n, feeMinor: 1_500n },
    reinstated: null,
  };
  await applyDisputeNews(lanePool(), [{ facts, actor: 'webhook' }]);
}

const SUCCESS_ORDER = `(select payment_order_id from payment_orders where state = 'SUCCESS' and currency = 'USD' order by 1 limit 1)`;
const CAPTURED = `(select id from ledger_transactions where kind = 'order_captured' and source_id = ${SUCCESS_ORDER})`;
const SUCCESS_CHECKOUT = `(select checkout_id from payment_orders where payment_order_id = ${SUCCESS_ORDER})`;
const BUYER = `(select id from ledger_accounts where code = 'buyer:user_123:USD')`;
const FAILED = `(select payment_order_id from payment_orders where state = 'FAILED')`;
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

/** The held money of the late captures vanishes without a trace: accounts and sums stay in order. */
const FORGET_LATE = `
  with t as (delete from ledger_transactions where kind = 'late_capture_held' returning id),
  e as (delete from ledger_entries e using t where e.transaction_id = t.id returning e.account_id, e.amount_minor),
  moved as (select account_id, sum(amount_minor) as amount, count(*) as entries from e group by account_id)
  update ledger_accounts a set balance = balance - amount, version = version - entries from moved where a.id = account_id`;

const HASH = `decode(repeat('ab', 32), 'hex')`;
/** An idempotency key with its answer; `change` says otherwise. */
const key = (change: Record<string, string>) => {
  const row = {
    principal: `'key:shop'`,
    route: `'POST /payments'`,
    key: `'k'`,
    request_hash: HASH,
    recovery_point: `'finished'`,
    status_code: '202',
    response_body: `'{}'`,
    response_headers: `'{}'`,
    locked_until: 'now()',
    expires_at: `now() + interval '1 day'`,
    ...change,
  };
  return `insert into idempotency_keys (${Object.keys(row).join(', ')}) values (${Object.values(row).join(', ')})`;
};
/** A webhook that waits; `change` says otherwise. */
const webhook = (change: Record<string, string> = {}) => {
  const row = { source: `'psp'`, account: `'p'`, event_id: `'evt'`, type: `'t'`, payload: `'{}'`, ...change };
  return `insert into webhook_inbox (${Object.keys(row).join(', ')}) values (${Object.values(row).join(', ')})`;
};
/** What the provider settled and nobody has looked at; `change` says otherwise. */
const balanceTransaction = (change: Record<string, string> = {}) => {
  const row = {
    id: `'txn_planted'`,
    type: `'charge'`,
    amount_minor: '100',
    fee_minor: '5',
    net_minor: '95',
    currency: `'USD'`,
    created_at: 'now()',
    available_on: `now() + interval '3 days'`,
    ...change,
  };
  return `insert into psp_balance_transactions (${Object.keys(row).join(', ')}) values (${Object.values(row).join(', ')})`;
};
/** A day whose file has one row, which is matched. */
const RECONCILED = [
  `insert into reconciliation_files (id, source, day, currency, version, sha256, bytes, state, copies, copies_agree, rows, gross_minor,
     fee_minor, net_minor, control_rows, control_gross_minor, control_fee_minor, control_net_minor)
   select 'file', 'settlement', '2026-06-18', currency, 1, sha256('x'), 1, 'whole', 1, true, 1, amount_minor, fee_minor, net_minor, 1,
     amount_minor, fee_minor, net_minor from psp_balance_transactions where state = 'booked'`,
  `insert into reconciliation_file_parts (file_id, part, content) values ('file', 1, 'x')`,
  `insert into reconciliation_rows (file_id, line, copy, reference, category, currency, gross_minor, fee_minor, net_minor)
   select 'file', 2, 1, id, type, currency, amount_minor, fee_minor, net_minor from psp_balance_transactions where state = 'booked'`,
  `insert into reconciliation_matches (source, movement, file_id, line)
   select 'settlement', id, 'file', 2 from psp_balance_transactions where state = 'booked'`,
  `insert into reconciliation_runs (day, currency, settlement_file_id, matched_rows) select '2026-06-18', currency, 'file', 1
   from reconciliation_files`,
];
const difference = (change: Record<string, string>) => {
  const row = {
    source: `'settlement'`,
    day: `'2026-06-18'`,
    currency: `'EUR'`,
    type: `'unknown_row'`,
    class: `'to_investigate'`,
    subject: `'txn_x'`,
    ...change,
  };
  return `insert into reconciliation_exceptions (${Object.keys(row).join(', ')}) values (${Object.values(row).join(', ')})`;
};
const job = (state: string) =>
  `insert into pgboss.job (name, state, started_on, completed_on) values ('audit-books', '${state}', now() - interval '1 hour', now())`;

/** Invariant → what breaks it and, as far as rules depend on each other, nothing else. */
const PLANTED: Record<string, { plant: string[]; also?: string[] }> = {
  I1: {
    // A unit moves from one held capture to the next: all sums but those of the two transactions stay.
    plant: [
      `update ledger_entries e set amount_minor = amount_minor + 1, balance_after = balance_after + 1
       from ledger_accounts a where a.code = 'suspense:platform:USD' and e.account_id = a.id and e.account_seq = 1`,
      `update ledger_entries e set amount_minor = amount_minor - 1
       from ledger_accounts a where a.code = 'suspense:platform:USD' and e.account_id = a.id and e.account_seq = 2`,
    ],
  },
  I2: { plant: shift('seller_pending:shop:JPY', 1), also: ['I1', 'I14', 'I14b'] },
  I3: { plant: [`update ledger_transactions set legs = 7 where kind = 'late_capture_held'`] },
  I4: {
    plant: [
      `update ledger_accounts set currency = 'CHF', code = 'suspense:platform:CHF' where code = 'suspense:platform:USD'`,
    ],
    also: ['I2', 'I9'],
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
    also: ['I9', 'I9b'],
  },
  I8: {
    plant: [
      `insert into ledger_seals (number, sealed_from, sealed_through, transactions, entries, previous_hash, hash)
       values (1, '-infinity', now(), 1, 2, decode(repeat('00', 32), 'hex'), ${HASH})`,
    ],
  },
  I9: { plant: ['update payment_attempts set held_minor = held_minor - 1 where refund_due'] },
  I9b: {
    plant: [`update payment_events set buyer_user_id = 'somebody' where checkout_id = ${SUCCESS_CHECKOUT}`],
  },
  I9c: { plant: [`update payouts set seller_id = 'other_shop' where state = 'UNKNOWN'`], also: ['I24'] },
  I10: {
    plant: [
      `insert into ledger_accounts (code, kind, owner_id, currency, balance_rule) values ('bank_cash:shop:USD', 'bank_cash', 'shop', 'USD', 'either')`,
    ],
  },
  I11: {
    plant: [
      'alter table ledger_accounts drop constraint ledger_accounts_rule_of_kind, drop constraint ledger_accounts_balance_side',
      `update ledger_accounts set balance_rule = 'credit' where code = 'buyer:user_123:USD'`,
    ],
  },
  I13: { plant: [`update captures set amount_minor = amount_minor + 1 where payment_order_id = ${LATE}`] },
  I14: {
    plant: [`update payment_orders set seller_id = 'other_shop' where payment_order_id = ${SUCCESS_ORDER}`],
    also: ['I14b'],
  },
  I14b: { plant: [`update order_funds set earned_minor = earned_minor + 1 where payment_order_id = ${SUCCESS_ORDER}`] },
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
  I18: { plant: [`update payment_attempts set psp_payment_id = 'pi_of_two' where state = 'SUCCEEDED'`] },
  I19: {
    plant: [
      `update payment_attempts set amount_minor = amount_minor + 1 where id = (select attempt_id from captures where payment_order_id = ${SUCCESS_ORDER})`,
    ],
    also: ['I9b'],
  },
  I20: {
    plant: [
      'alter table payment_orders drop constraint payment_orders_commission_of_plan',
      `update payment_orders set commission_minor = commission_minor + 1 where payment_order_id = ${SUCCESS_ORDER}`,
    ],
    also: ['I14', 'I14b'],
  },
  I20b: {
    plant: [
      'alter table psp_balance_transactions drop constraint psp_balance_transactions_net_is_gross_less_fee',
      `update psp_balance_transactions set fee_minor = fee_minor + 1 where state = 'booked'`,
    ],
  },
  I21: { plant: ['update payment_attempts set refunded_minor = refunded_minor - 1 where refunded_minor > 0'] },
  I22: { plant: [`update payment_orders set disputed_minor = disputed_minor - 1 where disputed_minor > 0`] },
  I23: { plant: [`update ledger_transactions set reversal_of = null where kind = 'refund_failed'`] },
  I23b: { plant: [`update ledger_transactions set reversal_of = null where kind = 'payout_returned'`] },
  I24: {
    plant: [
      `update payouts set moved_minor = moved_minor + 1, opening_minor = opening_minor - 1 where state = 'UNKNOWN'`,
    ],
  },
  I24b: { plant: [`delete from payout_transitions where to_state = 'UNKNOWN'`] },
  I25: { plant: [`update disputes set withdrawn_minor = null, fee_minor = null`] },
  I26: { plant: [key({ expires_at: `now() - interval '2 days'` })] },
  I27: { plant: [key({ response_body: `'{"checkout_id":"checkout_of_nobody"}'` })] },
  I28: {
    plant: [
      `insert into payment_events (checkout_id, principal, flow, request_hash, buyer_user_id, buyer_email, buyer_name)
       values ('checkout_without_orders', 'key:shop', 'direct', ${HASH}, 'b', 'b@example.com', 'B')`,
    ],
  },
  I29: {
    plant: ['alter table webhook_inbox drop constraint webhook_inbox_event_once', webhook(), webhook()],
  },
  I30: { plant: [`delete from outbox where key = ${SUCCESS_ORDER}`] },
  I32: { plant: [job('failed')] },
  I33: {
    plant: [
      'alter table payment_attempts drop constraint payment_attempts_sends_bounded',
      `update payment_attempts set sends = 7 where state = 'SUCCEEDED'`,
    ],
  },
  I34: { plant: [balanceTransaction({ state: `'refused'`, cause: `'unreadable'`, look_at: 'null' })] },
  I34b: {
    plant: [...RECONCILED, 'delete from reconciliation_matches', 'update reconciliation_runs set matched_rows = 0'],
  },
  I34c: { plant: [...RECONCILED, 'update reconciliation_rows set fee_minor = fee_minor + 1'] },
  I35: {
    plant: [difference({ closed_at: 'now()', closed_by: `'user:u1'`, resolution: `'it is fine'` })],
  },
  I36: { plant: [...RECONCILED, `update reconciliation_file_parts set content = 'y'`] },
  I37: {
    plant: [`update payment_orders set description = 'card 4242 4242 4242 4242' where payment_order_id = ${FAILED}`],
  },
  I39: { plant: [`update dead_letters set resolved_at = now(), resolution = 'done'`] },
  I41: { plant: ['update payment_attempts set refund_due = false where refund_due'] },
  I41b: { plant: [webhook({ retry_at: `now() - interval '2 minutes'` })] },
  I42: { plant: [`delete from dead_letters where kind = 'refund'`] },
  I43: { plant: [`update dispute_transitions set from_state = 'INQUIRY_CLOSED'`] },
};

async function violatedAfter(...statements: string[]): Promise<string[]> {
  const client = await system.owner.connect();
  try {
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    for (const statement of statements) {
      const { rowCount, command } = await client.query(statement);
      if (['INSERT', 'UPDATE', 'DELETE'].includes(command)) expect(rowCount, statement).toBeGreaterThan(0);
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
  expect(verdicts.filter((verdict) => verdict.violations > 0 || verdict.skipped)).toEqual([]);
  expect(await violatedAfter()).toEqual([]);
});

test.each(Object.entries(PLANTED))(
  '%s is seen to fail when it is broken, and it alone',
  async (id, { plant, also = [] }) => {
    const expected = [...also, id].map((one) => ({ id: one })).toSorted(byNumber);
    expect(await violatedAfter(...plant)).toEqual(expected.map((one) => one.id));
  },
);

const POSTED = { ledger_transaction_id: 'gen_random_uuid()', booked_at: 'now()' };
const REVERSAL = `insert into ledger_transactions (id, kind, legs, source_id, reversal_of) values (gen_random_uuid(), 'order_captured', 2, 'reversal', ${CAPTURED})`;
const CARD = (text: string) => `update payment_events set buyer_name = '${text}'`;

test.each([
  ['I3', [`delete from ledger_entries where transaction_id = ${CAPTURED} and account_id = ${BUYER}`]],
  ['I3', [`delete from ledger_transactions where id = ${CAPTURED}`]],
  ['I5', ['alter table ledger_entries disable trigger ledger_entries_checked']],
  ['I5', ['drop trigger order_transitions_append_only on order_transitions']],
  ['I5', ['drop trigger psp_balance_transactions_told_is_final on psp_balance_transactions']],
  ['I5', ['grant update (payload) on webhook_inbox to countinghouse_app']],
  ['I5', ['grant delete on captures to countinghouse_app']],
  ['I5', [`alter table outbox add constraint a_rule check (topic <> '') not valid`]],
  ['I6', [`update ledger_accounts set balance = balance + 1 where code = 'buyer:user_123:USD'`]],
  ['I6', [`update ledger_accounts set version = version + 1 where code = 'buyer:user_123:USD'`]],
  ['I6', [`update ledger_entries set account_seq = account_seq + 100 where account_id = ${BUYER} and account_seq = 2`]],
  ['I7', ['drop index ledger_transactions_reversed_once', REVERSAL, REVERSAL.replace(`'reversal'`, `'again'`)]],
  ['I7', [REVERSAL]],
  ['I10', shift('suspense:platform:USD', 1).slice(0, 1)],
  ['I13', [`update captures set currency = 'JPY' where payment_order_id = ${SUCCESS_ORDER}`]],
  ['I13', [`update captures set psp_charge_id = 'ch_of_two'`]],
  ['I13', [`update payment_attempts set state = 'DECLINED' where state = 'SUCCEEDED'`]],
  ['I14', [`update captures set amount_minor = amount_minor + 1 where payment_order_id = ${SUCCESS_ORDER}`]],
  ['I14', [`update ledger_transactions set kind = 'late_capture_held' where id = ${CAPTURED}`]],
  ['I14', [`delete from captures where payment_order_id = ${SUCCESS_ORDER}`]],
  ['I15', [`delete from captures where payment_order_id = ${SUCCESS_ORDER}`]],
  ['I15', [FORGET_LATE]],
  ['I15', [`update payment_attempts set state = 'SUCCEEDED' where state = 'DECLINED'`]],
  ['I15', [extra('order_captured', `'order_nobody_paid'`)]],
  ['I15', [`update payment_orders set state = 'FAILED' where payment_order_id = ${SUCCESS_ORDER}`]],
  ['I16', [`delete from order_transitions where payment_order_id = ${SUCCESS_ORDER} and seq = 1`]],
  ['I16', [`update payment_orders set state = 'FAILED' where payment_order_id = ${SUCCESS_ORDER}`]],
  [
    'I16',
    [
      'alter table order_transitions drop constraint order_transitions_legal',
      `update order_transitions set to_state = 'CANCELLED' where payment_order_id = ${FAILED} and seq = 2`,
    ],
  ],
  [
    'I16',
    [`update payment_attempts set state = 'UNKNOWN', finished_at = null, resolve_at = now() where state = 'DECLINED'`],
  ],
  ['I16', [`update payment_orders set state = 'EXPIRED' where state = 'FAILED'`]],
  // A history that is legal to its end, and an attempt that says something else.
  [
    'I16',
    [
      `insert into order_transitions (payment_order_id, seq, from_state, to_state, reason, actor)
       select payment_order_id, state_seq + n.seq, n.from_state, n.to_state, 'planted', 'api' from payment_orders,
         (values (1, 'FAILED', 'EXECUTING'), (2, 'EXECUTING', 'UNKNOWN')) n (seq, from_state, to_state) where state = 'FAILED'`,
      `update payment_orders set state = 'UNKNOWN', state_seq = state_seq + 2 where state = 'FAILED'`,
      `update payment_attempts set state = 'REQUIRES_ACTION', finished_at = null, resolve_at = now() where state = 'DECLINED'`,
    ],
  ],
  [
    'I17',
    [`update payment_attempts set state = 'UNKNOWN', finished_at = null, resolve_at = now() where state = 'DECLINED'`],
  ],
  ['I17', [`delete from attempt_orders where payment_order_id = ${FAILED}`]],
  // Silence calls an attempt off only when its orders have their money.
  [
    'I17',
    [`update payment_attempts set state = 'CANCELLED', decline_code = 'never_reached_psp' where state = 'DECLINED'`],
  ],
  ['I18', [`update payment_attempts set psp_session_id = 'cs_of_two'`]],
  ['I18', [`update payment_attempts set id = 'a_key_of_the_caller' where state = 'DECLINED'`]],
  ['I20', [`update ledger_transactions set legs = 2 where id = ${CAPTURED}`]],
  [
    'I26',
    [
      'alter table idempotency_keys drop constraint idempotency_keys_finished_has_answer',
      key({ response_body: 'null' }),
    ],
  ],
  ['I27', [key({ status_code: '200', response_body: `'{"payment_orders":[{"payment_order_id": "nobody"}]}'` })]],
  ['I28', [`delete from payment_events`]],
  ['I28', [`delete from attempt_orders where payment_order_id = ${FAILED}`]],
  [
    'I29',
    [`alter table webhook_inbox drop constraint webhook_inbox_handled_has_verdict`, webhook({ state: `'handled'` })],
  ],
  ['I29', [webhook({ state: `'dead'`, verdict: `'poison'`, handled_at: 'now()' })]],
  ['I30', [`update outbox set payload = '{"state":"CANCELLED"}' where key = ${SUCCESS_ORDER}`]],
  [
    'I30',
    [`insert into outbox (topic, key, payload) values ('payment_order.updated', 'nobody', '{"state":"SUCCESS"}')`],
  ],
  [
    'I30',
    [
      `update outbox set published_at = now() where key = ${LATE} and id = (select max(id) from outbox where key = ${LATE})`,
    ],
  ],
  [
    'I30',
    Array(3).fill(
      `insert into outbox (topic, key, payload) select topic, key, payload from outbox where key = ${FAILED} limit 1`,
    ),
  ],
  ['I32', [job('active')]],
  ['I37', [CARD('4242424242424242')]],
  ['I37', [CARD('Ada 3782-822463-10005')]],
  ['I37', [CARD('Bearer abcdef0123456789')]],
  ['I37', [CARD('sk_test_0123456789abcdef')]],
  ['I37', [CARD('whsec_0123456789abcdef')]],
  ['I37', [webhook({ payload: `'{"card":{"cvc":"123"}}'` })]],
  ['I37', [`insert into outbox (topic, key, payload) values ('t', 'k', '{"token":"eyJhbGciOiJIUzI1NiJ9.e30.c2ln"}')`]],
  ['I39', [`update dead_letters set resolved_at = now(), resolution = 'user:1: '`]],
  ['I9', [`update refunds set state = 'FAILED' where state = 'SUCCEEDED'`]],
  ['I9', [extra('late_capture_held', `'att_of_nobody'`)]],
  ['I21', [`update refunds set amount_minor = amount_minor + 1 where state = 'SUCCEEDED'`]],
  ['I21', [`update refunds set currency = 'EUR' where state = 'SUCCEEDED'`]],
  ['I23', [`update refunds set amount_minor = amount_minor + 1 where state = 'FAILED_LATE'`]],
  ['I23', [`update refunds set state = 'SUCCEEDED' where state = 'FAILED_LATE'`]],
  ['I23', [`update ledger_transactions set source_id = source_id || '_x' where kind = 'refund_accepted'`]],
  [
    'I23',
    [
      `update ledger_entries set amount_minor = amount_minor * 2 where transaction_id in (select id from ledger_transactions where kind = 'refund_failed')`,
    ],
  ],
  ['I9', [balanceTransaction({ state: `'suspense'`, cause: `'x'`, look_at: 'null', ...POSTED })]],
  [
    'I9b',
    [`update psp_balance_transactions set net_minor = net_minor + 1, fee_minor = fee_minor - 1 where state = 'booked'`],
  ],
  ['I9b', [`update psp_balance_transactions set subject_id = 'att_of_nobody' where state = 'booked'`]],
  ['I9b', [balanceTransaction({ state: `'booked'`, look_at: 'null', ...POSTED })]],
  ['I14', [`update ledger_transactions set kind = 'psp_settled' where kind = 'funds_available'`]],
  ['I9b', [`update ledger_transactions set kind = 'dispute_lost' where kind = 'dispute_opened'`]],
  ['I14b', [`update refunds set pending_minor = pending_minor - 1 where payment_order_id is not null`]],
  ['I14b', [`delete from order_funds where payment_order_id = ${SUCCESS_ORDER}`]],
  ['I14b', [`update order_funds set pending_minor = pending_minor - 1 where payment_order_id = ${SUCCESS_ORDER}`]],
  ['I14b', [`update order_funds set seller_id = 'other_shop' where payment_order_id = ${SUCCESS_ORDER}`]],
  ['I14b', ['update order_funds set released_at = null where released_at is not null']],
  [
    'I20b',
    [
      `update psp_balance_transactions set amount_minor = amount_minor + 1, fee_minor = fee_minor + 1 where state = 'booked'`,
    ],
  ],
  ['I34', [`update psp_balance_transactions set id = 'txn_other' where state = 'booked'`]],
  ['I34', [`update psp_balance_transactions set ledger_transaction_id = gen_random_uuid() where state = 'booked'`]],
  ['I34', [extra('psp_settled', `'txn_of_nobody'`)]],
  [
    'I34',
    [
      balanceTransaction({
        type: `'adjustment'`,
        source_id: `'du_of_nobody'`,
        state: `'booked'`,
        look_at: 'null',
        booked_at: 'now()',
        ledger_transaction_id: `(select id from ledger_transactions where kind = 'dispute_opened')`,
      }),
    ],
  ],
  [
    'I34',
    [
      'drop index psp_balance_transactions_subject_once',
      balanceTransaction({
        state: `'booked'`,
        look_at: 'null',
        ...POSTED,
        subject_id: `(select subject_id from psp_balance_transactions where state = 'booked')`,
      }),
    ],
  ],
  ['I34b', [...RECONCILED, 'update reconciliation_runs set matched_rows = 2']],
  ['I34c', [...RECONCILED, `update reconciliation_matches set movement = 'txn_of_nobody'`]],
  ['I34c', [...RECONCILED, `update reconciliation_rows set currency = 'USD'`]],
  [
    'I35',
    [
      'alter table reconciliation_exceptions drop constraint reconciliation_exceptions_closed_by_another',
      difference({ closed_at: 'now()', closed_by: `'reconciliation'`, resolution: `'reconciliation: fine'` }),
    ],
  ],
  ['I36', [...RECONCILED, 'update reconciliation_files set rows = 2']],
  ['I36', [...RECONCILED, 'delete from reconciliation_file_parts']],
  ['I41b', [balanceTransaction({ look_at: `now() - interval '2 minutes'`, available_on: `'2020-01-01'` })]],
  ['I9c', [`update payouts set state = 'CANCELLED', resolve_at = null, finished_at = now() where state = 'UNKNOWN'`]],
  ['I23b', [`update payouts set state = 'PAID', recall_at = null where state = 'RETURNED'`]],
  [
    'I23b',
    [`update payouts set amount_minor = amount_minor + 1, moved_minor = moved_minor + 1 where state = 'FAILED'`],
  ],
  ['I23b', [`delete from payouts where state = 'PAID'`]],
  ['I24', [`delete from payouts where state = 'RETURNED'`]],
  ['I24', [`update payouts set first_seq = first_seq + 1, last_seq = last_seq + 1 where state = 'UNKNOWN'`]],
  [
    'I24',
    [
      'alter table payouts drop constraint payouts_within_available',
      `update payouts set left_minor = -1, moved_minor = moved_minor - 1 where state = 'UNKNOWN'`,
    ],
  ],
  ['I24', [`update sellers set verification = 'unverified' where id = 'shop'`]],
  [
    'I24b',
    [
      'alter table payouts drop constraint payouts_person_approves',
      `update payouts set approved_by = 'policy' where state = 'UNKNOWN'`,
    ],
  ],
  [
    'I24b',
    [
      'alter table payouts drop constraint payouts_four_eyes',
      `update payouts set approved_by = requested_by where state = 'UNKNOWN'`,
    ],
  ],
  ['I24b', [`delete from dead_letters where kind = 'payout'`]],
  ['I21', [`update payment_orders set refunded_minor = refunded_minor + 1 where refunded_minor > 0`]],
  ['I21', [`update payment_orders set commission_returned_minor = 0 where refunded_minor > 0`]],
  ['I21', [`update refunds set payment_order_id = ${SUCCESS_ORDER} where payment_order_id is not null`]],
  ['I22', [`delete from dead_letters where kind = 'dispute'`]],
  ['I22', ['delete from dispute_orders']],
  ['I23', [`update refunds set commission_minor = commission_minor - 1 where payment_order_id is not null`]],
  ['I23', [`update refunds set pending_minor = 0 where payment_order_id is not null`]],
  ['I25', [`update disputes set withdrawn_minor = withdrawn_minor + 1`]],
  ['I25', [`update disputes set fee_minor = 0`]],
  ['I25', [`update disputes set state = 'LOST', finished_at = now()`]],
  [
    'I25',
    [
      `update disputes set state = 'WON', finished_at = now(), reinstated_minor = withdrawn_minor, fee_returned_minor = 0`,
    ],
  ],
  ['I25', [`update dispute_orders set share_minor = share_minor - 1`]],
  ['I25', [`update ledger_transactions set source_id = 'dsp_of_nobody' where kind = 'dispute_opened'`]],
  [
    'I43',
    ['alter table disputes drop constraint disputes_open_has_next_look', 'update disputes set resolve_at = null'],
  ],
  ['I43', [`update disputes set state = 'UNDER_REVIEW'`]],
  ['I42', [`update refunds set state = 'FAILED' where state = 'SUCCEEDED'`]],
  ['I42', ['delete from refund_transitions where seq = 1']],
  ['I41', [`update refunds set attempt_id = 'att_x'`]],
  [
    'I41',
    [
      'alter table payment_attempts drop constraint payment_attempts_open_has_next_look',
      `insert into payment_attempts (id, checkout_id, attempt_no, kind, amount_minor, currency, resolve_at)
       select 'att_forgotten', checkout_id, 9, 'direct', 1, 'USD', null from payment_orders where payment_order_id = ${SUCCESS_ORDER}`,
    ],
  ],
  ['I41', [`update payment_orders set state = 'EXECUTING' where payment_order_id = ${SUCCESS_ORDER}`]],
  ['I41', [`update payment_orders set state = 'MANUAL_REVIEW' where payment_order_id = ${SUCCESS_ORDER}`]],
  [
    'I41b',
    [
      `update payment_attempts set state = 'UNKNOWN', finished_at = null, resolve_at = now() - interval '2 minutes' where state = 'DECLINED'`,
    ],
  ],
])('%s also sees %j', async (id, plant) => {
  expect(await violatedAfter(...plant)).toContain(id);
});

test.each([
  ['a number that fails the check digit', '4242424242424241'],
  ['the last four digits', 'ends in 4242'],
  ['an id in hexadecimal', 'att_4242424242424242f'],
  ['a time in milliseconds', '1767225600002'],
  ['the public key of the provider', 'pk_test_simulator_platform_publishable_key'],
])('I37 leaves %s alone', async (_, text) => {
  expect(await violatedAfter(CARD(text))).toEqual([]);
});

test('every invariant has its planted violation, a number of its own, and words', () => {
  expect(Object.keys(PLANTED)).toEqual(INVARIANTS.map((invariant) => invariant.id));
  expect(new Set(INVARIANTS.map((invariant) => invariant.id)).size).toBe(INVARIANTS.length);
  for (const { rule, keptBy } of INVARIANTS) expect(`${rule} ${keptBy}`).toMatch(/^[A-Z].*\S \S/);
});

test('a day that is reconciled, and a difference that a person has closed, break nothing', async () => {
  const closed = difference({
    closed_at: 'now()',
    closed_by: `'user:u1'`,
    resolution: `'user:u1: the bank was closed'`,
  });
  expect(await violatedAfter(...RECONCILED, closed)).toEqual([]);
  const unmatched = ['delete from reconciliation_matches', 'update reconciliation_runs set matched_rows = 0'];
  const excepted = difference({ subject: '(select reference from reconciliation_rows)' });
  expect(await violatedAfter(...RECONCILED, ...unmatched, excepted)).toEqual([]);
});

test('what the wallet of the API shows is the sum of the entries of its accounts', async () => {
  const { rows } = await system.owner.query<{ owner: string; currency: string; total: string }>(
    `select a.owner_id as owner, e.currency, -sum(e.amount_minor) as total from ledger_entries e join ledger_accounts a on a.id = e.account_id
     where a.kind <> 'buyer' and a.owner_id <> 'platform' group by 1, 2`,
  );
  expect(rows.length).toBeGreaterThan(2);
  for (const { owner, currency, total } of rows) {
    const balance = (await getWallet(owner)).balances.find((one) => one.currency === currency);
    expect(balance?.total.replace('.', '')).toBe(total);
  }
});

test('the audit itself reports what was corrupted behind its back, by name', async () => {
  const client = new pg.Client({ connectionString: system.database.url });
  await client.connect();
  const corrupt = (by: number) =>
    `update captures set amount_minor = amount_minor + ${by} where payment_order_id = ${LATE}`;
  await client.query('set session_replication_role = replica');
  await client.query(corrupt(1));
  const broken = (await auditBooks()).filter((verdict) => verdict.violations > 0);
  await client.query(corrupt(-1));
  await client.end();
  expect(broken).toMatchObject([{ id: 'I13', violations: 1, subjects: [expect.stringMatching(/^checkout_/)] }]);
  expect((await auditBooks()).every((verdict) => verdict.violations === 0)).toBe(true);
});

test('a session that sits in an open transaction is seen, and so is one that waits for a lock', async () => {
  const { violations = '' } = INVARIANTS.find(({ id }) => id === 'I41b') ?? {};
  const atOnce = violations.replaceAll(`interval '30 seconds'`, `interval '0 seconds'`);
  const [holder, waiter] = ['holds', 'waits'].map(
    (name) => new pg.Client({ connectionString: system.database.url, application_name: name }),
  ) as [pg.Client, pg.Client];
  await Promise.all([holder.connect(), waiter.connect()]);
  await holder.query('begin; lock table alerts');
  const waiting = waiter.query('select from alerts');
  const seen = async () => (await system.owner.query<{ subject: string }>(atOnce)).rows.map((row) => row.subject);
  await expect.poll(seen).toHaveLength(2);
  expect((await seen()).toSorted()).toEqual([
    expect.stringMatching(/^holds \d+$/),
    expect.stringMatching(/^waits \d+$/),
  ]);
  await holder.query('rollback');
  await waiting;
  await Promise.all([holder.end(), waiter.end()]);
  expect(await seen()).toEqual([]);
});

test('an audit may leave out what need not hold in the middle of a fault, and looks at everything when it is told to', async () => {
  const always = await auditBooks({ alwaysOnly: true });
  expect(always.map((verdict) => verdict.id)).toEqual(
    INVARIANTS.filter(({ timing }) => timing === 'always').map(({ id }) => id),
  );
  const full = await auditBooks({ inFull: true });
  expect(full.map((verdict) => verdict.id).filter((id) => id.endsWith(' in full'))).toEqual([
    'I8 in full',
    'I34b in full',
    'I36 in full',
    'I37 in full',
  ]);
  expect(full.filter((verdict) => verdict.violations > 0)).toEqual([]);
});

test('what an invariant is about may be missing: it is skipped, and said so', async () => {
  await system.owner.query('alter schema pgboss rename to elsewhere');
  const skipped = (await auditBooks()).filter((verdict) => verdict.skipped);
  await system.owner.query('alter schema elsewhere rename to pgboss');
  expect(skipped).toMatchObject([{ id: 'I32', violations: 0 }]);
});

test('with no connection to spare the audit is made on the one it has', async () => {
  const held = await Promise.all(Array.from({ length: config().DATABASE_POOL_SIZE - 1 }, () => pool().connect()));
  const verdicts = await auditBooks();
  for (const client of held) client.release();
  expect(verdicts.map((verdict) => verdict.id)).toEqual(INVARIANTS.map((invariant) => invariant.id));
  expect(new Set(verdicts.map((verdict) => verdict.checkedAt)).size).toBe(1);
});

test('the audit changes nothing and needs no right that the application does not have', async () => {
  const { rows } = await pool().query<{ role: string }>('select current_user as role');
  expect(rows).toEqual([{ role: 'countinghouse_app' }]);
});
