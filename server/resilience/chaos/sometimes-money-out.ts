import type { DisputeState } from '#disputes';
import type { PayoutState } from '#payouts';
import type { RefundState } from '#refunds';
import type { Evidence } from './evidence.ts';
import type { Call } from './history.ts';
import { MONEY_ON_ITS_WAY, type Tally } from './nemesis.ts';

/** Of a refund: it was sent, its answer stayed out, it went through, the bank sent it back; one of a disputed charge fails. */
const REFUND_ENDS = ['SUBMITTED', 'UNKNOWN', 'SUCCEEDED', 'FAILED_LATE'] as const satisfies readonly RefundState[];
const OF_PAID_ORDERS = [...REFUND_ENDS, 'FAILED'] as const satisfies readonly RefundState[];
const DISPUTE_ENDS = ['WON', 'LOST', 'ACCEPTED', 'INQUIRY_CLOSED'] as const satisfies readonly DisputeState[];
const PAYOUT_ENDS = ['PAID', 'FAILED', 'RETURNED', 'CANCELLED'] as const satisfies readonly PayoutState[];
/** Balance transactions that a run leads to. */
const LINE_TYPES = ['charge', 'refund', 'refund_failure', 'adjustment', 'payout'] as const;
const KILLS = ['kill', 'postgres_kill'] as const;
/** Refusals of requests for money to go out. */
const REFUSALS = [
  'refund_exceeds_captured',
  'refund_not_allowed',
  'dispute_not_answerable',
  'payout_exceeds_available',
  'payout_below_minimum',
  'payout_state_conflict',
  'seller_not_payable',
  'second_person_needed',
] as const;

/** The same for money's way out: its ends, its refusals, and faults that met it. */
export function moneyOutSometimes({ books, calls, plan }: Evidence, { struckWhile }: Tally): Record<string, number> {
  const counts: Record<string, number> = {};
  const late = new Set(books.refunds.filter((refund) => refund.order_id === null).map((refund) => refund.id));
  const became = (state: RefundState, isLate: boolean) =>
    books.refundTransitions.filter((one) => one.to_state === state && late.has(one.refund_id) === isLate).length;
  for (const state of REFUND_ENDS) counts[`refund of late money became ${state}`] = became(state, true);
  for (const state of OF_PAID_ORDERS) counts[`refund of a paid order became ${state}`] = became(state, false);
  for (const state of DISPUTE_ENDS)
    counts[`dispute became ${state}`] = books.disputes.filter((one) => one.state === state).length;
  for (const state of PAYOUT_ENDS)
    counts[`payout became ${state}`] = books.payouts.filter((one) => one.state === state).length;
  for (const type of LINE_TYPES)
    counts[`${type} settled`] = books.lines.filter((one) => one.type === type && one.state === 'booked').length;
  for (const code of REFUSALS) counts[`refused: ${code}`] = calls.filter(({ reason }) => reason === code).length;
  counts['payout approved by a second person'] = books.payouts.filter(({ approved_by: by }) =>
    by?.startsWith('key:'),
  ).length;
  counts['two refunds at once, one refused'] = plan.operations.filter(
    ({ deed }, place) => deed.kind === 'refund' && deed.twice && oneRefused(calls, place),
  ).length;
  for (const way of MONEY_ON_ITS_WAY)
    counts[`kill met ${way}`] = KILLS.reduce((sum, family) => sum + (struckWhile[`${family} × ${way}`] ?? 0), 0);
  return counts;
}

function oneRefused(calls: readonly Call[], place: number): boolean {
  const verdicts = new Set(calls.filter(({ op, key }) => op === place && key !== null).map(({ verdict }) => verdict));
  return verdicts.has('ok') && verdicts.has('fail');
}
