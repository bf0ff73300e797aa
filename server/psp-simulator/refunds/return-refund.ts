import { postRefund } from '../books/post-refund.ts';
import type { ChargeRow, RefundRow } from '../database/rows.ts';
import type { Writes } from '../database/writes.ts';
import { nowSeconds } from '../requests/request.ts';
import type { LockedCharge } from './lock-charge.ts';

/** Ends a refund whose money comes back to the merchant, because it failed or was called back. Under the lock of its charge. */
export function returnRefund(
  refund: RefundRow,
  { charge, booked }: LockedCharge,
  end: Pick<RefundRow, 'status' | 'failure_reason'>,
): { readonly returned: RefundRow; readonly writes: Writes } {
  const booking = postRefund({ ...refund, type: 'refund_failure', created: nowSeconds(), charged: booked });
  const failure_balance_transaction = booking.transaction.id;
  const returned: RefundRow = { ...refund, ...end, failure_balance_transaction, next_status: null, next_at: null };
  const charged: ChargeRow = { ...charge, amount_refunded: charge.amount_refunded - refund.amount };
  return {
    returned,
    writes: {
      refunds: [returned],
      charges: [charged],
      book_transactions: [booking.transaction],
      book_entries: booking.entries,
    },
  };
}
