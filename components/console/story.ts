import type { RouterOutputs } from '#trpc';
import {
  type DisputeStatus,
  ORDER_STATUS,
  type OrderStatus,
  type PayoutStatus,
  REFUND_STATUS,
  type RefundStatus,
  type StatusLook,
} from '../status/statuses.ts';
import { humanize } from './words.ts';

type Payment = RouterOutputs['admin']['payments']['get'];
type Transition = Payment['transitions'][number];
type Refund = Payment['refunds'][number];

/** One sentence of a payment's story. */
export interface StoryLine {
  readonly key: string;
  readonly at: Date;
  readonly to: OrderStatus | RefundStatus | PayoutStatus | DisputeStatus;
  readonly look: StatusLook;
  readonly text: string;
  /** Who did it, or how it was learned. */
  readonly source: string;
}

export interface AttemptOfStory {
  readonly id: string;
  readonly attemptNo: number;
  readonly cardLast4: string | null;
  readonly latencyMs?: number | null;
}

export interface OrderOfStory {
  readonly paymentOrderId: string;
  readonly sellerName: string;
}

/** What each step means to whoever reads it. */
const STEP_WORDS: Record<OrderStatus, string> = {
  NOT_STARTED: 'Opened',
  EXECUTING: 'Payment started',
  REQUIRES_ACTION: 'Waiting for the buyer on the payment page',
  SUCCESS: 'Paid and booked',
  FAILED: 'Failed, nothing was taken',
  UNKNOWN: 'No definite answer from the provider',
  EXPIRED: 'The payment page expired',
  CANCELLED: 'The buyer went back to the shop',
  LATE_SUCCESS: 'Paid after it was closed; held to be given back',
  AUTO_REFUNDING: 'On its way back to the buyer',
  MANUAL_REVIEW: 'Handed to a person to decide',
};

/** Steps whose reason tells more than the step. */
const TELLS_REASON: ReadonlySet<OrderStatus> = new Set(['FAILED', 'UNKNOWN', 'MANUAL_REVIEW']);

const SOURCES: Readonly<Record<string, string>> = {
  api: 'Learned from the provider’s answer',
  webhook: 'Learned from a webhook',
  resolver: 'Learned by asking the provider',
  settlement: 'Learned from the provider’s settlement',
  shopper: 'Done by the buyer',
  worker: 'Done by the worker',
};

/** What each step of a refund means. */
const REFUND_WORDS: Record<RefundStatus, string> = {
  REQUESTED: 'Refund requested',
  SUBMITTED: 'Refund sent to the provider',
  UNKNOWN: 'No definite answer about the refund',
  SUCCEEDED: 'Given back to the buyer',
  FAILED: 'The refund failed; the money is where it was',
  FAILED_LATE: 'The refund came back from the bank; the money is where it was before',
};

/** Steps of a refund whose reason tells more than the step. */
const TELLS_REFUND_REASON: ReadonlySet<RefundStatus> = new Set(['UNKNOWN', 'FAILED', 'FAILED_LATE']);

/**
 * Tells the transitions as sentences, oldest first. Orders that moved together are told together; where only some of `orders`
 * moved, the sentence says whose.
 */
export function tellStory(
  transitions: readonly Transition[],
  attempts: readonly AttemptOfStory[],
  orders: readonly OrderOfStory[] = [],
): StoryLine[] {
  const together = Map.groupBy(transitions, (step) => [step.at.getTime(), step.to, step.reason, step.actor].join(' '));
  return [...together].map(([key, steps]) => {
    const [step] = steps as [Transition];
    const of = attempts.filter((attempt) => steps.some((one) => one.attemptId === attempt.id));
    const look = ORDER_STATUS[step.to];
    return {
      key,
      at: step.at,
      to: step.to,
      look,
      text: sentence(step, of, whose(steps, orders)),
      source: sourceOf(step),
    };
  });
}

/** Tells what became of refunds, as sentences, oldest first. */
export function tellRefunds(refunds: readonly Refund[]): StoryLine[] {
  return refunds.flatMap((refund) =>
    refund.steps.map(({ seq, at, to, reason, actor }) => {
      const why =
        TELLS_REFUND_REASON.has(to) && reason ? `, ${humanize(reason).replace('no definite answer: ', '')}` : '';
      const text = `${REFUND_WORDS[to]} (${refund.amount} ${refund.currency}${why})`;
      return { key: `${refund.id} ${seq}`, at, to, look: REFUND_STATUS[to], text, source: sourceOfRefund(to, actor) };
    }),
  );
}

function sourceOfRefund(to: RefundStatus, actor: string): string {
  if (to === 'SUBMITTED' || actor !== 'worker') return SOURCES[actor] ?? `By ${actor}`;
  return 'Learned from the provider’s answer';
}

/** The sellers of the orders that moved, unless all of them did. */
function whose(steps: readonly Transition[], orders: readonly OrderOfStory[]): string | null {
  const moved = orders.filter((order) => steps.some((step) => step.paymentOrderId === order.paymentOrderId));
  if (moved.length === orders.length) return null;
  return new Intl.ListFormat('en').format(new Set(moved.map((order) => order.sellerName)));
}

/** An attempt is started by somebody; everything after it is learned from somewhere. */
function sourceOf({ to, actor }: Transition): string {
  if (to === 'EXECUTING') return actor === 'resolver' ? 'Tried again by the worker' : 'Sent to the provider';
  if (to === 'UNKNOWN' && actor === 'api') return 'Noticed while waiting for its answer';
  return SOURCES[actor] ?? `By ${actor}`;
}

function sentence(step: Transition, attempts: readonly AttemptOfStory[], sellers: string | null): string {
  const [attempt] = attempts.length === 1 ? attempts : [];
  const details = [
    attempt && `attempt ${attempt.attemptNo}`,
    TELLS_REASON.has(step.to) && humanize(step.reason).replace('no definite answer: ', ''),
    step.to === 'SUCCESS' && attempt?.cardLast4 && `card ending ${attempt.cardLast4}`,
    step.to !== 'EXECUTING' && step.actor === 'api' && attempt?.latencyMs && `${attempt.latencyMs} ms`,
  ].filter(Boolean);
  const told = sellers ? `${STEP_WORDS[step.to]} for ${sellers}` : STEP_WORDS[step.to];
  return details.length > 0 ? `${told} (${details.join(', ')})` : told;
}
