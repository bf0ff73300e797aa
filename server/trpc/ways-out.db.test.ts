import { afterAll, beforeAll, expect, test } from 'vitest';
import { lanePool } from '#db';
import { applyDisputeNews } from '#disputes';
import { newId } from '#kernel';
import { takePayment } from '#payments';
import { requestPayout } from '#payouts';
import { requestRefund } from '#refunds';
import { earn, openPayableSeller, type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import type { LetterKind } from './dead-letter-kinds.ts';
import { createCaller } from './root.ts';

let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('ways_out');
});

afterAll(() => system.stop());

const { deadLetters } = createCaller({
  actor: {
    userId: 'user_1',
    role: 'finance',
    sellerId: null,
    sellerName: null,
    name: 'One',
    email: 'one@example.test',
  },
  requestId: 'req_test',
}).admin;

/** Writes rows as if what leads there had happened; answers the id of the last. */
async function pretend(...statements: readonly (readonly [text: string, ...values: unknown[]])[]): Promise<string> {
  const client = await system.owner.connect();
  let id = '';
  try {
    await client.query('begin; set local session_replication_role = replica');
    for (const [text, ...values] of statements) {
      const { rows } = await client.query<{ id: string }>(text, values);
      id = rows[0]?.id ?? '';
    }
    await client.query('commit');
  } finally {
    client.release(true);
  }
  return id;
}

async function attempt(token?: string): Promise<string> {
  const request = samplePayment(token ? { token } : {});
  await takePayment(request, 'key:shop', { waitMs: 10_000 });
  const { rows } = await system.owner.query('select id from payment_attempts where checkout_id = $1', [
    request.checkoutId,
  ]);
  return rows[0].id;
}

const openAttempt = async () =>
  pretend([
    `update payment_attempts set state = 'UNKNOWN', resolve_at = now(), finished_at = null where id = $1 returning id`,
    await attempt(),
  ]);

async function refund(from: string, to: string, set = ''): Promise<string> {
  const request = samplePayment();
  await takePayment(request, 'key:shop', { waitMs: 10_000 });
  await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  const requestId = await requestRefund(
    { paymentId: request.checkoutId, reason: 'other', actor: 'user:1' },
    { principal: 'key:shop' },
  );
  return pretend(
    [
      `insert into refund_transitions (refund_id, seq, from_state, to_state, reason, actor)
       select id, 1, $2, $3, 'so it went', 'test' from refunds where request_id = $1`,
      requestId,
      from,
      to,
    ],
    [`update refunds set state = $2, state_seq = 1 ${set} where request_id = $1 returning id`, requestId, to],
  );
}

const ENDED = ', finished_at = now(), resolve_at = null';
const openRefund = () => refund('SUBMITTED', 'UNKNOWN');
/** Its order has been refunded otherwise since: it cannot be made again. */
const failedRefund = () => refund('SUBMITTED', 'FAILED', ENDED);
const sentBack = () => refund('SUCCEEDED', 'FAILED_LATE', `, psp_refund_id = 're_' || id, pending_minor = 0 ${ENDED}`);

async function payout(to: string, set: string): Promise<string> {
  const sellerId = newId('seller');
  await openPayableSeller(system.owner, sellerId);
  await earn(sellerId, 25_000n);
  const id = await requestPayout({ sellerId, currency: 'USD', amountMinor: null, requestedBy: 'user:bo' });
  return pretend(
    [
      `insert into payout_transitions (payout_id, seq, from_state, to_state, reason, actor)
       select id, state_seq + 1, 'SUBMITTED', $2, 'so it went', 'test' from payouts where id = $1`,
      id,
      to,
    ],
    [`update payouts set state = $2, state_seq = state_seq + 1 ${set} where id = $1 returning id`, id, to],
  );
}

const openPayout = () => payout('UNKNOWN', ', resolve_at = now()');
const failedPayout = () => payout('FAILED', ENDED);
const recalledPayout = () => payout('FAILED', `, recall_at = now() ${ENDED}`);

async function dispute(): Promise<string> {
  const attemptId = await attempt();
  const { rows } = await system.owner.query('select psp_payment_id from payment_attempts where id = $1', [attemptId]);
  const pspDisputeId = newId('du');
  const facts = {
    pspDisputeId,
    pspPaymentId: rows[0].psp_payment_id,
    amountMinor: 2_999n,
    currency: 'USD',
    reason: 'fraudulent',
    stage: 'inquiry',
    dueBy: null,
    openedAt: new Date(),
    withdrawn: null,
    reinstated: null,
  } as const;
  await applyDisputeNews(lanePool(), [{ facts, actor: 'webhook' }]);
  const { rows: found } = await system.owner.query('select id from disputes where psp_dispute_id = $1', [pspDisputeId]);
  return found[0].id;
}

const transaction = (state: string) => () =>
  pretend([
    `insert into psp_balance_transactions
       (id, type, amount_minor, fee_minor, net_minor, currency, source_id, created_at, available_on, state, cause, look_at, ledger_transaction_id, booked_at)
     select $1, 'charge', 1000, 59, 941, 'USD', 'ch_x', now(), now(), $2::text, 'x', case when $2 = 'waiting' then now() end,
       case when $2 = 'suspense' then gen_random_uuid() end, case when $2 = 'suspense' then now() end
     returning id`,
    newId('txn'),
    state,
  ]);
const [waiting, suspended, refused] = ['waiting', 'suspense', 'refused'].map(transaction) as [
  () => Promise<string>,
  () => Promise<string>,
  () => Promise<string>,
];

const webhook = () =>
  pretend([
    `insert into webhook_inbox (source, account, event_id, type, payload, state, verdict, handled_at)
     values ('psp', 'platform', $1, 'x', 'null', 'dead', 'broken', now()) returning id::text`,
    newId('evt'),
  ]);

/** The provider's next answer ends it: it is asked for ever. Or somebody decides, with a reason. */
type Ways = readonly ('try_again' | 'close')[];
const ASK: Ways = ['try_again'];
const SAY: Ways = ['close'];
const BOTH: Ways = ['close', 'try_again'];

test.each<[kind: LetterKind, cause: string, subject: () => Promise<string>, ways: Ways]>([
  ['attempt', 'outcome_unknown', openAttempt, ASK],
  ['attempt', 'amount_mismatch', openAttempt, BOTH],
  ['attempt', 'amount_mismatch', () => attempt('tok_nobody_knows'), SAY],
  ['attempt', 'refused:resource_missing', () => attempt('tok_nobody_knows'), SAY],
  [
    'attempt',
    'psp_unavailable',
    async () =>
      pretend([
        `update payment_attempts set decline_code = 'psp_unavailable' where id = $1 returning id`,
        await attempt('tok_nobody_knows'),
      ]),
    BOTH,
  ],
  ['refund', 'outcome_unknown', openRefund, ASK],
  ['refund', 'psp_unavailable', openRefund, ASK],
  ['refund', 'amount_mismatch', openRefund, ASK],
  ['refund', 'refused:resource_missing', failedRefund, BOTH],
  ['refund', 'failed:lost_or_stolen_card', failedRefund, BOTH],
  ['refund', 'failed_late:expired_or_canceled_card', sentBack, BOTH],
  ['refund', 'second_refund_at_provider', openRefund, SAY],
  ['refund', 'second_refund_at_provider', failedRefund, SAY],
  ['payout', 'outcome_unknown', openPayout, ASK],
  ['payout', 'psp_unavailable', openPayout, ASK],
  ['payout', 'amount_mismatch', openPayout, ASK],
  ['payout', 'failed:no_account', recalledPayout, ASK],
  ['payout', 'failed:no_account', failedPayout, SAY],
  ['payout', 'refused:bank_account_unusable', failedPayout, SAY],
  ['payout', 'returned:no_account', failedPayout, SAY],
  ['payout', 'not_recalled', recalledPayout, BOTH],
  ['payout', 'second_payout_at_provider', openPayout, SAY],
  ['payout', 'second_payout_at_provider', recalledPayout, SAY],
  ['dispute', 'evidence_due', dispute, SAY],
  ['dispute', 'response_unanswered', dispute, ASK],
  ['dispute', 'money_not_shown', dispute, ASK],
  ['dispute', 'refused:dispute_already_closed', dispute, SAY],
  ['dispute', 'contradicted', dispute, SAY],
  ['dispute', 'amount_mismatch', dispute, SAY],
  ['dispute', 'exceeds_payment', dispute, SAY],
  ['settlement', 'waits: the charge is not known here', waiting, ASK],
  ['settlement', 'fails: timeout', waiting, ASK],
  ['settlement', 'not_ours', suspended, SAY],
  ['settlement', 'amount_mismatch', suspended, SAY],
  ['settlement', 'other_payment', suspended, SAY],
  ['settlement', 'settled_already', suspended, SAY],
  ['settlement', 'unknown_type:climate_order_purchase', suspended, SAY],
  ['settlement', 'unreadable', refused, BOTH],
  ['settlement', 'currency_unknown', refused, BOTH],
  ['settlement', 'sums_do_not_add_up', refused, BOTH],
  ['settlement', 'nothing_moved', refused, BOTH],
  ['settlement', 'amount_mismatch', refused, BOTH],
  ['webhook', 'broken', webhook, BOTH],
])('%s %s has a way out that ends it', async (kind, cause, subject, ways) => {
  const subjectId = await subject();
  await system.owner.query(`delete from dead_letters where kind = $1 and subject_id = $2`, [kind, subjectId]);
  await system.owner.query(`insert into dead_letters (kind, subject_id, cause, tries) values ($1, $2, $3, 1)`, [
    kind,
    subjectId,
    cause,
  ]);
  const letter = (await deadLetters.list({ kind, cause })).rows.find((row) => row.subjectId === subjectId);
  const offered = new Set([letter?.wayOut, ...(letter?.closable ? ['close'] : [])]);
  expect([...offered].sort()).toEqual(ways);
  const take = { kind, subjectId, reason: 'looked at it' };
  // What may be refused again for ever can be closed.
  await (ways.includes('close') ? deadLetters.close(take) : deadLetters.tryAgain(take));
  const { rows } = await system.owner.query(
    `select resolution from dead_letters where kind = $1 and subject_id = $2 order by id`,
    [kind, subjectId],
  );
  expect(rows).toEqual([{ resolution: 'user:user_1: looked at it' }]);
});
