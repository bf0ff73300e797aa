import type { TransferFunding } from '../books/post-transfer.ts';
import type { Metadata } from './rows.ts';

/** A merchant that the platform pays: a custom account of Stripe Connect. */
export interface AccountRow {
  readonly id: string;
  readonly created: number;
  readonly country: string;
  readonly default_currency: string;
  readonly email: string | null;
  readonly business_type: string | null;
  readonly metadata: Metadata;
}

/** What may be remembered of a bank account, and what a payout to it comes to. */
export interface BankFacts {
  readonly country: string;
  readonly currency: string;
  readonly last4: string;
  readonly routing_number: string | null;
  readonly fingerprint: string;
  readonly bank_name: string;
  readonly holder_name: string | null;
  readonly holder_type: string | null;
  /** `paid`, `returned` after it was paid, or Stripe's failure code. */
  readonly fate: string;
}

export interface BankAccountRow {
  readonly id: string;
  readonly created: number;
  readonly owner: string | null;
  readonly token: string | null;
  readonly facts: BankFacts;
  readonly status: 'new' | 'errored';
  readonly default_for_currency: boolean;
  readonly deleted: boolean;
  readonly metadata: Metadata;
}

export type PayoutStatus = 'pending' | 'in_transit' | 'paid' | 'failed' | 'canceled';

export interface PayoutStep {
  readonly status: PayoutStatus;
  /** Unix seconds. */
  readonly at: number;
}

export interface PayoutRow {
  readonly id: string;
  readonly created: number;
  readonly owner: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly status: PayoutStatus;
  readonly automatic: boolean;
  readonly arrival_date: number;
  readonly destination: string;
  readonly balance_transaction: string;
  readonly failure_balance_transaction: string | null;
  readonly failure_code: string | null;
  readonly description: string | null;
  readonly statement_descriptor: string | null;
  readonly course: readonly PayoutStep[];
  readonly next_at: number | null;
  readonly fate: string | null;
  readonly metadata: Metadata;
}

export interface PayoutItemRow {
  readonly transaction: string;
  readonly payout: string;
}

export interface TransferRow {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly amount_reversed: number;
  readonly currency: string;
  readonly destination: string;
  readonly destination_payment: string;
  readonly balance_transaction: string | null;
  readonly funding: TransferFunding;
  readonly description: string | null;
  readonly transfer_group: string | null;
  readonly metadata: Metadata;
}

export interface TransferReversalRow {
  readonly id: string;
  readonly created: number;
  readonly transfer: string;
  readonly amount: number;
  readonly currency: string;
  readonly balance_transaction: string | null;
  readonly destination_payment_refund: string;
  readonly metadata: Metadata;
}

/** A line of the platform's bank statement. */
export interface BankLineRow {
  readonly id: string;
  readonly at: number;
  readonly currency: string;
  readonly amount: number;
  readonly kind: 'payout' | 'payout_return' | 'transfer' | 'transfer_reversal';
  readonly reference: string;
  readonly details: string | null;
}
