import type { RouterOutputs } from '#trpc';
import { count } from '../console/duration.ts';
import { humanize } from '../console/words.ts';
import { type OrderStatus, REFUND_STATUS, type RefundStatus } from '../status/statuses.ts';

type Payment = Pick<RouterOutputs['admin']['payments']['get'], 'checkout' | 'attempts' | 'refunds'>;
type Attempt = Payment['attempts'][number];

/** What decides the sentence, most pressing first. */
const PRESSING: readonly OrderStatus[] = [
  'LATE_SUCCESS',
  'AUTO_REFUNDING',
  'MANUAL_REVIEW',
  'UNKNOWN',
  'REQUIRES_ACTION',
  'EXECUTING',
  'NOT_STARTED',
  'FAILED',
  'EXPIRED',
  'CANCELLED',
  'SUCCESS',
];

/** One sentence that says why a payment stands where it does, and who acts next. */
export function whyStatus({ checkout, attempts, refunds }: Payment): string {
  const states = checkout.orders.map((order) => order.status);
  const paid = states.filter((state) => state === 'SUCCESS').length;
  const pressing = PRESSING.find((state) => states.includes(state)) ?? 'NOT_STARTED';
  const sentence =
    pressing === 'AUTO_REFUNDING' ? refundSentence(refunds.at(-1)?.state) : SENTENCES[pressing](attempts.at(-1));
  return paid > 0 && paid < states.length ? `${paid} of ${count(states.length, 'order')} paid. ${sentence}` : sentence;
}

/** Money that came late is told by how far its last refund is. */
function refundSentence(state: RefundStatus | undefined): string {
  return `The money came after the payment was closed. ${state ? REFUND_STATUS[state].meaning : 'Its refund is about to be made.'}`;
}

const SENTENCES: Record<OrderStatus, (last: Attempt | undefined) => string> = {
  NOT_STARTED: () => 'The checkout is open and the buyer has not started to pay.',
  EXECUTING: (last) =>
    last?.error
      ? `Nothing is charged yet (${last.error}); the worker tries again by itself.`
      : 'The provider is working on it; its answer or its webhook moves it on.',
  REQUIRES_ACTION: () => 'The buyer has an open payment page and has not finished it. The page expires by itself.',
  UNKNOWN: (last) =>
    `The provider gave no definite answer${last?.error ? ` (${last.error})` : ''}. It is asked again by the attempt’s own id, so nobody pays twice.`,
  MANUAL_REVIEW: (last) =>
    `The provider gave no definite answer after ${count(last?.tries ?? 0, 'call')}${last?.error ? ` (${last.error})` : ''}; a person decides.`,
  SUCCESS: () => 'The provider took the money, and every order is booked to its seller.',
  FAILED: (last) =>
    last?.declineCode
      ? `The last attempt was ${last.state === 'REFUSED' ? 'refused' : 'declined'}: ${humanize(last.declineCode)}. Nothing was taken; the buyer may try again.`
      : 'The last attempt failed. Nothing was taken; the buyer may try again.',
  EXPIRED: () => 'The time to pay ran out. Nothing was taken.',
  CANCELLED: () => 'The buyer went back to the shop. Nothing was taken.',
  LATE_SUCCESS: () => 'The money came after the payment was closed. It is held in suspense and goes back to the buyer.',
  AUTO_REFUNDING: () => 'The late money is on its way back to the buyer.',
};
