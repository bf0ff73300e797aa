import type { RouterOutputs } from '#trpc';
import type { OrderStatus } from '../status/statuses.ts';
import { count } from './duration.ts';
import { humanize } from './words.ts';

type Transition = RouterOutputs['admin']['payments']['get']['transitions'][number];

/** One sentence of a payment's story. */
export interface StoryLine {
  readonly key: string;
  readonly at: Date;
  readonly to: OrderStatus;
  readonly text: string;
  /** How it was learned. */
  readonly source: string;
  readonly orderIds: readonly string[];
}

export interface AttemptOfStory {
  readonly id: string;
  readonly attemptNo: number;
  readonly cardLast4: string | null;
  readonly latencyMs?: number | null;
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

const SOURCES: Readonly<Record<string, string>> = {
  api: 'Learned from the provider’s answer',
  webhook: 'Learned from a webhook',
  resolver: 'Learned by asking the provider',
  shopper: 'Done by the buyer',
};

/** Tells the transitions as sentences, oldest first; orders that moved together are told together. */
export function tellStory(transitions: readonly Transition[], attempts: readonly AttemptOfStory[]): StoryLine[] {
  const byId = new Map(attempts.map((attempt) => [attempt.id, attempt]));
  const together = Map.groupBy(transitions, (step) =>
    [step.at.getTime(), step.to, step.reason, step.attemptId].join(' '),
  );
  return [...together].map(([key, steps]) => {
    const [step] = steps as [Transition];
    const orderIds = steps.map((one) => one.paymentOrderId);
    return {
      key,
      at: step.at,
      to: step.to,
      text: sentence(step, byId.get(step.attemptId ?? ''), orderIds.length),
      source: SOURCES[step.actor] ?? `By ${step.actor}`,
      orderIds,
    };
  });
}

function sentence(step: Transition, attempt: AttemptOfStory | undefined, orders: number): string {
  const details: (string | false | null | undefined)[] = [
    attempt && `attempt ${attempt.attemptNo}`,
    orders > 1 && count(orders, 'order'),
  ];
  if (step.to === 'FAILED') details.unshift(humanize(step.reason));
  if (step.to === 'UNKNOWN' || step.to === 'MANUAL_REVIEW') details.unshift(humanize(step.reason));
  if (step.to === 'SUCCESS') details.push(attempt?.cardLast4 && `card ending ${attempt.cardLast4}`);
  if (step.actor === 'api') details.push(attempt?.latencyMs ? `${attempt.latencyMs} ms` : undefined);
  const told = details.filter(Boolean);
  return told.length > 0 ? `${STEP_WORDS[step.to]} (${told.join(', ')})` : STEP_WORDS[step.to];
}
