import type { CurrencyCode, Money } from '#kernel';

/** Money to give back. `refundId` is the idempotency key at the PSP, and travels along so that all news leads back to it. */
export interface RefundRequest {
  readonly refundId: string;
  readonly attemptId: string;
  /** The PSP's id of the payment that took the money. */
  readonly pspPaymentId: string;
  readonly amount: Money;
}

/** How the PSP knows a refund: whatever ids were learned so far. */
export interface RefundRef {
  readonly refundId: string;
  readonly pspPaymentId: string;
  readonly pspRefundId: string | null;
}

/** A refund as the PSP shows it. */
interface KnownRefund {
  readonly pspRefundId: string;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
}

/**
 * What is known after talking to the PSP about a refund:
 * - `succeeded`: the money went back, as far as the PSP knows today; the bank may still send it back.
 * - `pending`: the PSP works on it and will tell.
 * - `failed`: it did not reach the buyer; the money is ours again.
 * - `refused`: the PSP will not do it; nothing happened.
 * - `not_started`: nothing happened there (429, connection refused, breaker open); the same key may be sent again.
 * - `unknown`: it may have happened. Never treated as failed; the PSP is asked.
 */
export type RefundOutcome =
  | ({ readonly kind: 'succeeded' } & KnownRefund)
  | ({ readonly kind: 'pending' } & KnownRefund)
  | ({ readonly kind: 'failed'; readonly reason: string } & KnownRefund)
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | {
      readonly kind: 'not_started';
      readonly reason: string;
      readonly retryAfterSeconds: number | null;
      readonly countsAsTry: boolean;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What the PSP says when asked about a refund; `absent` is its definite word that it never saw it. */
export type RefundEnquiry = RefundOutcome | { readonly kind: 'absent' };
