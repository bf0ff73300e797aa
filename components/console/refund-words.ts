import type { RouterOutputs } from '#trpc';

type Reason = RouterOutputs['admin']['payments']['get']['refunds'][number]['reason'];

/** Why money goes back, in words. */
export const REFUND_REASON_WORDS: Record<Reason, string> = {
  late_capture: 'Paid after the order had ended',
  requested_by_customer: 'Asked for by the buyer',
  duplicate: 'Paid twice',
  fraudulent: 'Not paid by the card’s owner',
  not_delivered: 'Not delivered',
  not_as_described: 'Not as described',
  other: 'Another reason',
};
