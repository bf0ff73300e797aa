import type { CardBehaviour } from '../cards/test-cards.ts';
import type { FaultKind, FaultParameters } from '../faults/fault-kinds.ts';

/**
 * One interface per table, named as the columns are. Amounts are Stripe's wire integers: minor units, at most eight
 * digits, so a JavaScript number holds them exactly; sums are made in the books with bigint.
 */
export type Metadata = Readonly<Record<string, string>>;

export interface CardFacts {
  readonly brand: string;
  readonly last4: string;
  readonly fingerprint: string;
  readonly exp_month: number;
  readonly exp_year: number;
  readonly funding: string;
  readonly country: string;
}

export interface BillingDetails {
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: {
    readonly city: string | null;
    readonly country: string | null;
    readonly line1: string | null;
    readonly line2: string | null;
    readonly postal_code: string | null;
    readonly state: string | null;
  };
}

export interface PaymentMethodRow {
  readonly id: string;
  readonly created: number;
  readonly card: CardFacts;
  readonly behaviour: CardBehaviour;
  readonly billing_details: BillingDetails;
  readonly metadata: Metadata;
}

export interface TokenRow {
  readonly id: string;
  readonly created: number;
  readonly payment_method: string;
  readonly used: boolean;
}

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'succeeded'
  | 'canceled';

/** What the card network or the authentication answered when it was not a yes. */
export interface Failure {
  readonly type: 'card_error' | 'invalid_request_error';
  readonly code: string;
  readonly decline_code: string | null;
  readonly message: string;
}

export interface NextAction {
  readonly type: 'redirect_to_url';
  readonly redirect_to_url: { readonly url: string; readonly return_url: string | null };
}

export interface IntentRow {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly amount_received: number;
  readonly currency: string;
  readonly status: IntentStatus;
  readonly attempt_id: string | null;
  readonly checkout_session: string | null;
  readonly client_secret: string;
  readonly payment_method: string | null;
  readonly latest_charge: string | null;
  readonly last_payment_error: (Failure & { readonly charge: string | null }) | null;
  readonly next_action: NextAction | null;
  readonly cancellation_reason: string | null;
  readonly canceled_at: number | null;
  readonly description: string | null;
  readonly receipt_email: string | null;
  readonly return_url: string | null;
  readonly statement_descriptor: string | null;
  readonly metadata: Metadata;
}

export interface ChargeRow {
  readonly id: string;
  readonly created: number;
  readonly payment_intent: string;
  readonly attempt_id: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'succeeded' | 'failed';
  readonly balance_transaction: string | null;
  /** Sum of the refunds that did not fail. */
  readonly amount_refunded: number;
  readonly failure: Failure | null;
  readonly disputed: boolean;
  /** What becomes of it by itself, and when; null when it stays as it is. */
  readonly next: 'dispute' | null;
  readonly next_at: string | null;
  readonly risk_level: 'normal' | 'elevated' | 'highest';
  readonly payment_method: string;
  readonly card: CardFacts;
  readonly billing_details: BillingDetails;
  readonly authenticated: boolean;
  readonly description: string | null;
  readonly receipt_email: string | null;
  readonly metadata: Metadata;
}

export interface RefundRow {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly charge: string;
  readonly payment_intent: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
  readonly reason: string | null;
  readonly balance_transaction: string;
  readonly failure_balance_transaction: string | null;
  readonly failure_reason: string | null;
  /** What it becomes by itself, and when; null when it stays as it is. */
  readonly next_status: 'succeeded' | 'failed' | null;
  readonly next_at: string | null;
  readonly metadata: Metadata;
}

export type DisputeStatus =
  | 'warning_needs_response'
  | 'warning_under_review'
  | 'warning_closed'
  | 'needs_response'
  | 'under_review'
  | 'won'
  | 'lost';

export interface DisputeRow {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly charge: string;
  readonly payment_intent: string;
  readonly reason: string;
  readonly status: DisputeStatus;
  /** By Stripe's names; what was not given is absent. */
  readonly evidence: Readonly<Record<string, string>>;
  readonly submission_count: number;
  /** Unix seconds. */
  readonly due_by: number;
  /** Bookings that took the money, and gave it back. */
  readonly withdrawal: string | null;
  readonly reinstatement: string | null;
  /** What happens to it by itself, and when; null when it waits for somebody. */
  readonly next: 'expire' | 'win' | 'lose' | 'escalate' | null;
  readonly next_at: string | null;
  readonly metadata: Metadata;
}

export interface LineItem {
  readonly id: string;
  readonly description: string;
  readonly seller: string | null;
  readonly quantity: number;
  readonly unit_amount: number;
  readonly metadata: Metadata;
}

export interface SessionRow {
  readonly id: string;
  readonly created: number;
  readonly status: 'open' | 'complete' | 'expired';
  readonly payment_status: 'paid' | 'unpaid' | 'no_payment_required';
  readonly amount_total: number;
  readonly currency: string;
  readonly payment_intent: string;
  readonly client_reference_id: string | null;
  readonly customer_email: string | null;
  readonly url: string;
  readonly success_url: string;
  readonly cancel_url: string | null;
  readonly expires_at: number;
  readonly line_items: readonly LineItem[];
  readonly metadata: Metadata;
}

export interface BookTransactionRow {
  readonly id: string;
  readonly created: number;
  readonly available_on: number;
  readonly type: 'charge' | 'refund' | 'refund_failure' | 'adjustment';
  /** Where it differs from the type. */
  readonly reporting_category?: 'dispute' | 'dispute_reversal' | null;
  readonly currency: string;
  readonly amount: number;
  readonly fee: number;
  readonly net: number;
  readonly source: string;
  readonly description: string | null;
}

export interface BookEntryRow {
  readonly transaction: string;
  readonly line: number;
  readonly account: 'card_network' | 'merchant_pending' | 'merchant_available' | 'fee_income';
  readonly currency: string;
  readonly amount: number;
}

export interface IdempotencyRow {
  readonly key: string;
  readonly created: number;
  readonly fingerprint: string;
  readonly request_id: string;
  readonly status: number;
  readonly body: string;
}

export interface EventRow {
  readonly id: string;
  readonly created: number;
  readonly type: string;
  readonly object_id: string;
  readonly object: string;
  readonly request_id: string | null;
  readonly idempotency_key: string | null;
}

export interface EndpointRow {
  readonly id: string;
  readonly created: number;
  readonly url: string;
  readonly secret: string;
  readonly enabled_events: readonly string[];
  readonly status: 'enabled' | 'disabled';
  readonly description: string | null;
  readonly metadata: Metadata;
}

export interface DeliveryRow {
  readonly event: string;
  readonly endpoint: string;
  readonly copy: number;
  readonly state: 'pending' | 'delivered' | 'dropped' | 'given_up';
  readonly attempts: number;
  readonly next_attempt_at: string | null;
  readonly leased: boolean;
}

export interface FaultRow {
  readonly id: string;
  readonly created: number;
  readonly kind: FaultKind;
  readonly match: string | null;
  readonly params: FaultParameters;
  readonly count: number | null;
  readonly rate: number;
  readonly cleared: boolean;
}

export interface FaultJournalRow {
  readonly id: string;
  readonly created: number;
  readonly fault: string | null;
  readonly kind: string;
  readonly subject: string;
  readonly idempotency_key: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}
