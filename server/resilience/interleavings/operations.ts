import { createHmac } from 'node:crypto';
import type pg from 'pg';
import { config } from '#config';
import { pool, runInTransaction } from '#db';
import { applyDisputeNews } from '#disputes';
import { runOnce } from '#idempotency';
import { checkpoint } from '#kernel';
import { createPosting, PLATFORM, postBatch } from '#ledger';
import { applyOutcomes, askAgain, closeDeadLetter, type OutcomeReport } from '#payments';
import type { Outcome } from '#psp';
import { applyRefundOutcomes, openRefunds, requestRefund, retryRefund, submitRefunds } from '#refunds';
import { bookTransactions, releaseFunds } from '#settlement';
import { completeAbandonedMutations } from '#trpc';
import { handleInbox, receiveWebhook } from '#webhooks';
import { acceptPayments } from '../../payments/accept-payment.ts';
import { openNextAttempt } from '../../payments/retry-payment.ts';
import { openOrFindAttempt } from '../../payments/start-hosted-payment.ts';
import { askAgainByKey, leaveBehind } from './keyed-mutation.ts';
import { answerPayout, callOffPayout, makePayout, wishPayout } from './payout-operations.ts';
import {
  DECLINED,
  disputeFacts,
  intakeOf,
  newsOf,
  PART_MINOR,
  PRINCIPAL,
  partOf,
  refundNews,
  type Scene,
  type SceneKind,
  SUCCEEDED,
  UNKNOWN,
} from './scenes.ts';

/** Something that may happen to money at the same time as anything else. */
export interface Operation {
  readonly name: string;
  /** Where it has something to do. Elsewhere it is refused, or changes nothing. */
  readonly home: SceneKind;
  /** What must be there before, once however many sessions do it. */
  readonly before?: (scene: Scene, owner: pg.Pool) => Promise<void>;
  /** `on` is the pool of the process that does it. An `AppError` is an answer. */
  readonly run: (scene: Scene, on: pg.Pool, owner: pg.Pool) => Promise<unknown>;
}

function told(actor: OutcomeReport['actor'], outcome: Outcome): Operation['run'] {
  return async ({ attemptId }, on) => {
    if (attemptId === '') return;
    const [result] = await applyOutcomes(on, [{ attemptId, outcome: newsOf(outcome, attemptId), actor }]);
    if (result instanceof Error) throw result;
  };
}

/** The provider tells of a refund; it cannot know one that was never sent. */
function toldOfRefund(kind: 'succeeded' | 'failed'): Operation['run'] {
  return async ({ refundId }, on) => {
    if (refundId === '') return;
    const [result] = await applyRefundOutcomes(on, [
      { refundId, outcome: refundNews(kind, refundId), actor: 'webhook' },
    ]);
    if (result instanceof Error) throw result;
  };
}

/** The provider's word about a refund of a part. */
const toldOfPart: Operation['run'] = async ({ refundId }, on) => {
  if (refundId === '') return;
  const outcome = refundNews('succeeded', refundId, PART_MINOR);
  const [result] = await applyRefundOutcomes(on, [{ refundId, outcome, actor: 'webhook' }]);
  if (result instanceof Error) throw result;
};

/** The provider's word about a dispute of the scene's charge. */
function toldOfDispute(stage: 'open' | 'won'): Operation['run'] {
  return async ({ attemptId }, on) => {
    if (attemptId === '') return;
    const [result] = await applyDisputeNews(on, [{ facts: disputeFacts(attemptId, stage), actor: 'webhook' }]);
    if (result instanceof Error) throw result;
  };
}

/** Stores the provider's word that the attempt of the scene is paid. */
async function storeSuccess({ attemptId, prefix }: Scene): Promise<void> {
  const object = {
    id: `pi_${attemptId}`,
    status: 'succeeded',
    amount_received: 2_999,
    currency: 'usd',
    latest_charge: `ch_${attemptId}`,
    metadata: { attempt_id: attemptId, order_ids: `${prefix}c1.o1` },
  };
  const body = JSON.stringify({
    id: `evt_${prefix}`,
    type: 'payment_intent.succeeded',
    livemode: false,
    created: 1,
    data: { object },
  });
  const timestamp = Math.floor(Date.now() / 1_000);
  const signature = createHmac('sha256', config().PSP_WEBHOOK_SECRET).update(`${timestamp}.${body}`).digest('hex');
  await receiveWebhook(Buffer.from(body), `t=${timestamp},v1=${signature}`);
}

/** The provider lists the charge of the scene's attempt, and its money is available. Nothing else is to be booked meanwhile. */
async function storeSettlement({ attemptId, prefix }: Scene): Promise<void> {
  if (attemptId === '') return;
  await pool().query(`update psp_feeds set psp_time = greatest(psp_time, now())`);
  await pool().query(
    `insert into psp_balance_transactions
       (id, type, amount_minor, fee_minor, net_minor, currency, source_id, subject_id, psp_payment_id, created_at, available_on)
     values ($1, 'charge', 2999, 117, 2882, 'USD', $2, $3, $4, now(), now() - interval '1 hour') on conflict do nothing`,
    [`txn_${prefix}`, `ch_${attemptId}`, attemptId, `pi_${attemptId}`],
  );
}

async function settleAtOnce(scene: Scene): Promise<void> {
  await storeSettlement(scene);
  await bookTransactions(100);
}

async function accept(on: pg.Pool, intake: ReturnType<typeof intakeOf>): Promise<void> {
  const [result] = await acceptPayments(on, [intake]);
  if (result instanceof Error) throw result;
}

function underOtherCheckout(prefix: string): ReturnType<typeof intakeOf> {
  const intake = intakeOf(prefix);
  return { ...intake, request: { ...intake.request, checkoutId: `${prefix}c2` } };
}

/** Two postings to two hot sellers' accounts and one that both share: of no order, and of nothing that is held. */
function postings({ prefix }: Scene) {
  return ['hot_1', 'hot_2'].map((sellerId) =>
    createPosting({
      kind: 'late_capture_held',
      sourceId: `${prefix}${sellerId}`,
      effectiveAt: new Date(0),
      legs: [
        { account: { kind: 'seller_available', ownerId: sellerId, currency: 'USD' }, amountMinor: 100n },
        { account: { kind: 'fx_clearing', ownerId: PLATFORM, currency: 'USD' }, amountMinor: -100n },
      ],
    }),
  );
}

function keyed({ prefix }: Scene): Promise<unknown> {
  const request = {
    principal: PRINCIPAL,
    route: 'POST /test',
    key: `${prefix}key`,
    content: 'the same',
    call: { door: 'rest' as const },
  };
  return runOnce(request, async () => ({ status: 200, headers: {}, body: '{}' }));
}

/** Each is one entry: a new operation is met by every other one, and by itself, from then on. */
export const OPERATIONS: readonly Operation[] = [
  { name: 'success-by-answer', home: 'direct', run: told('api', SUCCEEDED) },
  { name: 'success-by-webhook', home: 'direct', before: storeSuccess, run: () => handleInbox(200) },
  { name: 'decline', home: 'direct', run: told('api', DECLINED) },
  { name: 'unknown-answer', home: 'direct', run: told('resolver', UNKNOWN) },
  { name: 'expiry', home: 'hosted-open', run: told('webhook', { kind: 'expired' }) },
  { name: 'cancel', home: 'hosted-open', run: told('shopper', { kind: 'cancelled' }) },
  { name: 'late-success', home: 'hosted-expired', run: told('resolver', SUCCEEDED) },
  {
    name: 'next-attempt',
    home: 'failed',
    run: ({ orderId }, on) => runInTransaction((tx) => openNextAttempt(tx, orderId, { token: 'tok_visa' }), on),
  },
  {
    name: 'press',
    home: 'hosted-new',
    run: ({ checkoutId }, on) => runInTransaction((tx) => openOrFindAttempt(tx, checkoutId), on),
  },
  { name: 'accept', home: 'nothing', run: ({ prefix }, on) => accept(on, intakeOf(prefix)) },
  {
    name: 'accept-under-other-checkout',
    home: 'nothing',
    run: ({ prefix }, on) => accept(on, underOtherCheckout(prefix)),
  },
  {
    name: 'ask-again',
    home: 'given-up',
    run: ({ attemptId }) => askAgain(attemptId, 'user:1', 'the provider is back'),
  },
  {
    name: 'close-dead-letter',
    home: 'refused',
    run: ({ attemptId }) => closeDeadLetter(attemptId, 'user:1', 'looked at'),
  },
  { name: 'open-refund', home: 'late', run: () => openRefunds(500) },
  { name: 'submit-refund', home: 'refund-opened', run: () => submitRefunds(1) },
  { name: 'refund-succeeded', home: 'refund-sent', run: toldOfRefund('succeeded') },
  { name: 'refund-failed', home: 'refund-done', run: toldOfRefund('failed') },
  {
    name: 'retry-refund',
    home: 'refund-failed',
    run: ({ refundId }) => retryRefund(refundId, 'user:1', 'tried again'),
  },
  { name: 'request-refund', home: 'paid', run: ({ orderId }) => requestRefund(partOf(orderId), {}) },
  { name: 'part-refunded', home: 'part-refunded', run: toldOfPart },
  { name: 'dispute-opened', home: 'paid', run: toldOfDispute('open') },
  { name: 'dispute-won', home: 'part-refunded', run: toldOfDispute('won') },
  {
    name: 'complete-abandoned',
    home: 'given-up',
    before: leaveBehind,
    run: () => completeAbandonedMutations(1),
  },
  { name: 'ask-again-by-key', home: 'given-up', before: leaveBehind, run: askAgainByKey },
  { name: 'settle', home: 'direct', before: storeSettlement, run: () => bookTransactions(100) },
  { name: 'release', home: 'direct', before: settleAtOnce, run: () => releaseFunds(100) },
  { name: 'post', home: 'nothing', run: (scene, on) => postBatch(on, postings(scene)) },
  { name: 'post-backwards', home: 'nothing', run: (scene, on) => postBatch(on, postings(scene).reverse()) },
  { name: 'keyed-request', home: 'nothing', run: keyed },
  {
    name: 'keyed-takeover',
    home: 'nothing',
    run: async (scene, _, owner) => {
      // The process that holds the key is taken for dead. The owner's look is a checkpoint of its own: nobody else announces it.
      await checkpoint('lease');
      await owner.query(
        `update idempotency_keys set locked_until = now() - interval '1 second' where key = $1 and recovery_point <> 'finished'`,
        [`${scene.prefix}key`],
      );
      return keyed(scene);
    },
  },
  { name: 'payout-wish', home: 'nothing', before: makePayout, run: wishPayout },
  { name: 'payout-called-off', home: 'nothing', before: makePayout, run: callOffPayout },
  { name: 'payout-answered', home: 'nothing', before: makePayout, run: answerPayout },
];
