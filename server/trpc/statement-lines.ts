import type { EntryView } from '#ledger';
import { findPaymentsOf } from '#payments';
import { type EntryLine, entryLine } from './views.ts';

/** The page of a console that tells a fact whole. */
export interface FactPage {
  readonly of: 'payments' | 'payouts' | 'disputes';
  readonly id: string;
}

export interface StatementLine extends EntryLine {
  /** Of the fact behind the line; null where it has no page, such as a fee that belongs to no payment. */
  readonly page: FactPage | null;
}

const PAGE_OF: Record<EntryView['transactionKind'], FactPage['of']> = {
  order_captured: 'payments',
  late_capture_held: 'payments',
  refund_accepted: 'payments',
  refund_failed: 'payments',
  dispute_opened: 'disputes',
  dispute_won: 'disputes',
  dispute_lost: 'disputes',
  psp_settled: 'payments',
  funds_available: 'payments',
  payout_requested: 'payouts',
  payout_released: 'payouts',
  payout_sent: 'payouts',
  payout_unsent: 'payouts',
  payout_paid: 'payouts',
  payout_returned: 'payouts',
};

/** Lines of a statement, each with the page of the fact behind it. */
export async function statementLines(entries: readonly EntryView[]): Promise<StatementLine[]> {
  const ofPayments = entries.filter((entry) => PAGE_OF[entry.transactionKind] === 'payments');
  const payments = await findPaymentsOf(ofPayments.map((entry) => entry.sourceId));
  return entries.map((entry) => {
    const of = PAGE_OF[entry.transactionKind];
    const id = of === 'payments' ? payments.get(entry.sourceId) : entry.sourceId;
    return { ...entryLine(entry), page: id === undefined ? null : { of, id } };
  });
}
