import type pg from 'pg';
import { runInTransaction } from '#db';
import { applyOutcomes } from '#payments';
import type { DisputeFacts, Outcome, RefundOutcome } from '#psp';
import { applyRefundOutcomes, openRefunds, requestRefund, submitRefunds } from '#refunds';
import { acceptPayments, type Intake } from '../../payments/accept-payment.ts';
import { openOrFindAttempt } from '../../payments/start-hosted-payment.ts';
import { AMOUNT_MINOR, pspRefundIdOf } from './refund-line.ts';

/** Where an operation finds the world; every id of it begins with `prefix`. */
export interface Scene {
  readonly prefix: string;
  readonly checkoutId: string;
  readonly orderId: string;
  /** The last attempt; empty where there is none. */
  readonly attemptId: string;
  /** The refund of its late money that was sent; empty where there is none. */
  readonly refundId: string;
}

export const PRINCIPAL = 'key:shop';

export const SUCCEEDED: Outcome = {
  kind: 'succeeded',
  pspPaymentId: 'pi_told',
  chargeId: 'ch_told',
  amountMinor: AMOUNT_MINOR,
  currency: 'USD',
  cardLast4: null,
};
export const DECLINED: Outcome = {
  kind: 'declined',
  code: 'card_declined',
  message: 'The bank says no.',
  pspPaymentId: 'pi_told',
  tryAgain: false,
};
export const UNKNOWN: Outcome = { kind: 'unknown', reason: 'timeout' };
const REFUSED: Outcome = { kind: 'refused', code: 'resource_missing', message: 'No such token.' };
const OPENED: Outcome = {
  kind: 'action_required',
  pspPaymentId: 'pi_told',
  pspSessionId: 'cs_told',
  pageUrl: 'http://psp.test/pay/cs_told',
};

/** The news as the provider tells it of one attempt: the ids in it are that attempt's alone. */
export function newsOf(outcome: Outcome, attemptId: string): Outcome {
  const values = Object.entries(outcome).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.replace(/_told$/, `_${attemptId}`) : value,
  ]);
  return Object.fromEntries(values);
}

/** Unknown answers after which an attempt is given up to a person. */
const UNKNOWNS = 6;

/** The page had expired, and then it turns out that it was paid. */
const LATE: readonly Outcome[] = [OPENED, { kind: 'expired' }, SUCCEEDED];

/** How far the refund of late money has come. */
type RefundStage = 'opened' | 'sent' | 'done' | 'failed';

/** What a refund of a scene's paid order asks for: two of them are more than was taken. */
export const PART_MINOR = 2_000n;

interface History {
  readonly flow: 'direct' | 'hosted';
  readonly news: readonly Outcome[] | null;
  readonly refund?: RefundStage;
  /** A part of the paid order is asked back, and the provider has not said yet what became of it. */
  readonly part?: true;
}

/** How a scene came about: by which flow, and by what was learned about its attempt. */
const HISTORIES = {
  nothing: null,
  direct: { flow: 'direct', news: [] },
  failed: { flow: 'direct', news: [DECLINED] },
  refused: { flow: 'direct', news: [REFUSED] },
  'given-up': { flow: 'direct', news: Array.from({ length: UNKNOWNS }, () => UNKNOWN) },
  'hosted-new': { flow: 'hosted', news: null },
  'hosted-open': { flow: 'hosted', news: [OPENED] },
  'hosted-expired': { flow: 'hosted', news: [OPENED, { kind: 'expired' }] },
  late: { flow: 'hosted', news: LATE },
  'refund-opened': { flow: 'hosted', news: LATE, refund: 'opened' },
  'refund-sent': { flow: 'hosted', news: LATE, refund: 'sent' },
  'refund-done': { flow: 'hosted', news: LATE, refund: 'done' },
  'refund-failed': { flow: 'hosted', news: LATE, refund: 'failed' },
  paid: { flow: 'direct', news: [SUCCEEDED] },
  'part-refunded': { flow: 'direct', news: [SUCCEEDED], part: true },
} satisfies Record<string, History | null>;

export type SceneKind = keyof typeof HISTORIES;

/** The request of a scene, whose shop, buyer and sellers are everybody's: their accounts are what all meet at. */
export function intakeOf(prefix: string, flow: 'direct' | 'hosted' = 'direct'): Intake {
  const request = {
    checkoutId: `${prefix}c1`,
    buyer: { userId: 'buyer', email: 'buyer@example.com', name: 'John Doe' },
    orders: [
      {
        paymentOrderId: `${prefix}c1.o1`,
        sellerAccount: 'seller',
        amount: { amountMinor: AMOUNT_MINOR, currency: 'USD' as const },
      },
    ],
  };
  return {
    principal: PRINCIPAL,
    request: flow === 'direct' ? { ...request, payment: { token: 'tok_visa' } } : request,
  };
}

/** Makes one scene per prefix, all of a kind, through the product. */
export async function makeScenes(
  { on, owner }: { on: pg.Pool; owner: pg.Pool },
  kind: SceneKind,
  prefixes: readonly string[],
): Promise<Scene[]> {
  const history: History | null = HISTORIES[kind];
  const scenes = prefixes.map((prefix) => ({
    prefix,
    checkoutId: `${prefix}c1`,
    orderId: `${prefix}c1.o1`,
    attemptId: '',
    refundId: '',
  }));
  if (!history) return scenes;
  const accepted = await acceptPayments(
    on,
    prefixes.map((prefix) => intakeOf(prefix, history.flow)),
  );
  const withAttempts: Scene[] = [];
  for (const [index, scene] of scenes.entries()) {
    const one = accepted[index];
    if (!one || one instanceof Error || one.kind !== 'new') throw new Error(`${scene.prefix} was not accepted`);
    const opened = history.flow === 'hosted' && history.news !== null;
    const attemptId = opened
      ? await runInTransaction((tx) => openOrFindAttempt(tx, scene.checkoutId), on)
      : one.attempts[0]?.attemptId;
    withAttempts.push({ ...scene, attemptId: attemptId ?? '' });
  }
  for (const outcome of history.news ?? []) {
    const reports = withAttempts.map(({ attemptId }) => ({
      attemptId,
      outcome: newsOf(outcome, attemptId),
      actor: 'api' as const,
    }));
    for (const result of await applyOutcomes(on, reports)) if (result instanceof Error) throw result;
  }
  const made = history.refund ? await refundScenes({ on, owner }, withAttempts, history.refund) : withAttempts;
  if (history.news === LATE) await holdBack(owner, made);
  return history.part ? refundParts(owner, made) : made;
}

/** Asks for a part of each paid order; it is as if it had been sent, and nobody looks at it before the scene is over. */
async function refundParts(owner: pg.Pool, scenes: readonly Scene[]): Promise<Scene[]> {
  const made: Scene[] = [];
  for (const scene of scenes) {
    const requestId = await requestRefund(partOf(scene.orderId), {});
    const { rows } = await owner.query<{ id: string }>(
      `with sent as (
         insert into refund_transitions (refund_id, seq, from_state, to_state, reason, actor)
         select id, 1, 'REQUESTED', 'SUBMITTED', 'sent to the provider', 'worker' from refunds where request_id = $1
       )
       update refunds set state = 'SUBMITTED', state_seq = 1, resolve_at = now() + interval '1 day' where request_id = $1 returning id`,
      [requestId],
    );
    made.push({ ...scene, refundId: rows[0]?.id ?? '' });
  }
  return made;
}

export function partOf(paymentId: string) {
  const amount = { amountMinor: PART_MINOR, currency: 'USD' as const };
  return { paymentId, amount, reason: 'other' as const, actor: PRINCIPAL };
}

/** What the provider says of the dispute of a scene's charge. */
export function disputeFacts(attemptId: string, stage: 'open' | 'won'): DisputeFacts {
  const moved = { amountMinor: AMOUNT_MINOR, feeMinor: 1_500n };
  return {
    pspDisputeId: `du_${attemptId}`,
    pspPaymentId: `pi_${attemptId}`,
    amountMinor: AMOUNT_MINOR,
    currency: 'USD',
    reason: 'fraudulent',
    stage,
    dueBy: null,
    openedAt: new Date(0),
    withdrawn: moved,
    reinstated: stage === 'won' ? { ...moved, feeMinor: 0n } : null,
  };
}

/** News of the provider about a refund. */
export function refundNews(kind: 'succeeded' | 'failed', refundId: string, amountMinor = AMOUNT_MINOR): RefundOutcome {
  const known = { pspRefundId: pspRefundIdOf(refundId), amountMinor, currency: 'USD' as const };
  return kind === 'succeeded' ? { kind, ...known } : { kind, reason: 'expired_or_canceled_card', ...known };
}

/** Most refunds taken at once: those of all scenes that are made together, and what others have left behind. */
const MANY_REFUNDS = 500;

/** Gives the late money of scenes back, so far. */
async function refundScenes(
  { on, owner }: { on: pg.Pool; owner: pg.Pool },
  scenes: readonly Scene[],
  stage: RefundStage,
): Promise<Scene[]> {
  await openRefunds(MANY_REFUNDS);
  // Refunds that other scenes left behind would be sent in their place.
  await owner.query(
    `update refunds set resolve_at = now() + interval '1 day' where finished_at is null and attempt_id <> all($1::text[])`,
    [scenes.map((scene) => scene.attemptId)],
  );
  if (stage === 'opened') return [...scenes];
  await submitRefunds(MANY_REFUNDS);
  const { rows } = await owner.query<{ id: string; attempt_id: string }>(
    'select id, attempt_id from refunds where attempt_id = any($1::text[])',
    [scenes.map((scene) => scene.attemptId)],
  );
  const refunds = new Map(rows.map((row) => [row.attempt_id, row.id]));
  const sent = scenes.map((scene) => ({ ...scene, refundId: refunds.get(scene.attemptId) ?? '' }));
  if (stage === 'sent') return sent;
  const kind = stage === 'done' ? 'succeeded' : 'failed';
  const reports = sent.map(({ refundId }) => ({
    refundId,
    outcome: refundNews(kind, refundId),
    actor: 'webhook' as const,
  }));
  for (const result of await applyRefundOutcomes(on, reports)) if (result instanceof Error) throw result;
  return sent;
}

/** Work that is due is anybody's: until a scene is played, nobody is to find what is due in it. */
async function holdBack(owner: pg.Pool, scenes: readonly Scene[]): Promise<void> {
  const attempts = [scenes.map((scene) => scene.attemptId)];
  await owner.query(
    'update payment_attempts set refund_due = false where refund_due and id = any($1::text[])',
    attempts,
  );
  await owner.query(
    `update refunds set resolve_at = now() + interval '1 day' where finished_at is null and attempt_id = any($1::text[])`,
    attempts,
  );
}

/** Scenes that are not played after all are found by anybody, as they would have been. */
export async function letGo(owner: pg.Pool, kind: SceneKind, scenes: readonly Scene[]): Promise<void> {
  const history: History | null = HISTORIES[kind];
  if (history?.news !== LATE) return;
  await owner.query(
    `update payment_attempts a set refund_due = true where id = any($1::text[]) and held_minor is not null
     and not exists (select from refunds r where r.attempt_id = a.id)`,
    [scenes.map((scene) => scene.attemptId)],
  );
}

/** What waits in a scene is due, and before everything that other scenes have left behind. */
export async function makeDue(owner: pg.Pool, kind: SceneKind, scene: Scene): Promise<void> {
  await letGo(owner, kind, [scene]);
  await owner.query(
    `update refunds set resolve_at = now() - interval '1 year' where finished_at is null and attempt_id = $1`,
    [scene.attemptId],
  );
}
