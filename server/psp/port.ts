import type { Money } from '#kernel';
import type { Enquiry, Outcome } from './outcome.ts';
import type { RefundEnquiry, RefundOutcome, RefundRef, RefundRequest } from './refund-outcome.ts';

/** A payment to take with a token, without the shopper. `attemptId` is the idempotency key at the PSP. */
export interface ChargeRequest {
  readonly attemptId: string;
  readonly checkoutId: string;
  readonly orderIds: readonly string[];
  readonly amount: Money;
  /** Token or payment method id; never a card number. */
  readonly paymentMethod: string;
}

/** A hosted page to open for the shopper. */
export interface SessionRequest {
  readonly attemptId: string;
  readonly checkoutId: string;
  readonly orderIds: readonly string[];
  readonly buyerEmail: string;
  readonly lines: readonly { readonly description: string; readonly seller: string; readonly amount: Money }[];
  readonly successUrl: string;
  readonly cancelUrl: string;
}

/** How the PSP knows an attempt: whatever ids were learned so far. */
export interface AttemptRef {
  readonly attemptId: string;
  readonly kind: 'direct' | 'hosted';
  readonly pspPaymentId: string | null;
  readonly pspSessionId: string | null;
}

/** A verified webhook: which attempt it speaks of, and what it says. */
export interface PspEvent {
  readonly eventId: string;
  readonly account: string;
  readonly type: string;
  readonly attemptId: string | null;
  /** Null for types that change nothing here. `enquire` asks for the truth instead of trusting a thin event. */
  readonly news: Outcome | { readonly kind: 'enquire' } | null;
  /** Set when it speaks of a refund of ours instead. */
  readonly refund: { readonly refundId: string; readonly news: RefundOutcome } | null;
}

/**
 * The payment provider as the rest of the system sees it. No method throws for what the provider or the network does:
 * everything ends in an {@link Outcome}. None may be called inside a database transaction (asserted).
 */
export interface Psp {
  charge(request: ChargeRequest): Promise<Outcome>;
  openSession(request: SessionRequest): Promise<Outcome>;
  expireSession(ref: AttemptRef): Promise<Enquiry>;
  /** Asks what became of an attempt. Safe at any time. */
  enquire(ref: AttemptRef): Promise<Enquiry>;
  /** Gives money back; sending the same refund again never gives it back twice. */
  refund(request: RefundRequest): Promise<RefundOutcome>;
  /** Asks what became of a refund. Safe at any time. */
  enquireRefund(ref: RefundRef): Promise<RefundEnquiry>;
  health(): PspHealth;
}

export interface PspHealth {
  readonly breaker: 'closed' | 'open' | 'half-open';
  readonly mode: string;
}
