import type { RouterOutputs } from '#trpc';

type Transaction = RouterOutputs['admin']['payments']['get']['transactions'][number];
type AccountKind = Transaction['entries'][number]['accountKind'];

/** What happened, as a heading over the transaction it caused. */
export const TRANSACTION_WORDS: Record<Transaction['kind'], string> = {
  order_captured: 'Order paid',
  psp_settled: 'Settled by the provider',
  funds_available: 'Available to the seller',
  late_capture_held: 'Late payment, held for the buyer',
  refund_accepted: 'Given back to the buyer',
  refund_failed: 'Refund came back, as it was before',
  dispute_opened: 'Disputed, taken by the provider',
  dispute_won: 'Dispute won, given back',
  dispute_lost: 'Dispute lost',
  payout_requested: 'Payout requested',
  payout_released: 'Payout called off, available again',
  payout_sent: 'Payout sent to the bank',
  payout_unsent: 'Payout taken back',
  payout_paid: 'Payout arrived',
  payout_returned: 'Payout came back from the bank',
};

/** Accounts by the names people say. */
export const ACCOUNT_WORDS: Record<AccountKind, string> = {
  buyer: 'Buyer, to be settled',
  seller_pending: 'Seller, pending',
  seller_available: 'Seller, available',
  seller_reserved: 'Seller, reserved',
  platform_fees: 'Commission',
  psp_clearing: 'At the provider',
  psp_fees: 'Provider’s fees',
  bank_cash: 'Bank',
  payout_in_transit: 'Payouts on their way',
  dispute_receivable: 'Disputed',
  platform_loss: 'Losses',
  suspense: 'Suspense',
  fx_clearing: 'Currency exchange',
};

/** `declined:insufficient_funds` as people read it. */
export function humanize(code: string): string {
  return code.replaceAll('_', ' ').replaceAll(/:(?=\S)/g, ': ');
}

/** The same where a sentence or a name begins: `account_closed` is "Account closed". */
export function beginning(code: string): string {
  const words = humanize(code);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
