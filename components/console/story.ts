import type { RouterOutputs } from '#trpc';
import type { OrderStatus } from '../status/statuses.ts';
import { humanize } from './words.ts';

type Transition = RouterOutputs['admin']['payments']['get']['transitions'][number];

/** One sentence of a payment's story. */
export interface StoryLine {
  readonly key: string;
  readonly at: Date;
  readonly to: OrderStatus;
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
  shopper: 'Done by the buyer',
};

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
    return { key, at: step.at, to: step.to, text: sentence(step, of, whose(steps, orders)), source: sourceOf(step) };
  });
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
