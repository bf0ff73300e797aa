/** What moves money. Every type but the last three is a balance transaction of Stripe's. */
export type BookTransactionType =
  | 'charge'
  | 'refund'
  | 'refund_failure'
  | 'adjustment'
  | 'stripe_fee'
  | 'payout'
  | 'payout_failure'
  | 'payout_cancel'
  | 'transfer'
  | 'transfer_refund'
  | 'payment'
  | 'payment_refund'
  | 'payout_paid'
  | 'network_settlement'
  | 'value_date';

export interface BookTransactionRow {
  readonly id: string;
  readonly created: number;
  readonly available_on: number;
  readonly type: BookTransactionType;
  readonly currency: string;
  readonly amount: number;
  readonly fee: number;
  readonly net: number;
  readonly source: string;
  readonly description: string | null;
  /** Whose balance it moves: a connected account's, the PSP's own (`psp`, which no merchant sees), else the platform's. */
  readonly owner?: string | null;
  /** Left out where the type says it. */
  readonly reporting_category?: string | null;
}

/** The chart of accounts. `connected` is the balance of the transaction's owner, `merchant_…` that of the platform. */
export type BookAccount =
  | 'card_network'
  | 'merchant_pending'
  | 'merchant_available'
  | 'fee_income'
  | 'bank'
  | 'payouts_in_transit'
  | 'transfers_in_transit'
  | 'connected';

export interface BookEntryRow {
  readonly transaction: string;
  readonly line: number;
  readonly account: BookAccount;
  readonly currency: string;
  readonly amount: number;
}
