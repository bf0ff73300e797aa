import type { CurrencyCode } from '#kernel';

/**
 * What is known after talking to the PSP. The classes decide what happens next:
 * - `succeeded`: the money is taken.
 * - `action_required`: the shopper has to act on a page of the PSP.
 * - `pending`: the PSP works on it and will tell.
 * - `declined`: definite no from the bank. `tryAgain` marks the bank's own passing trouble (`processing_error`): nothing was
 *   taken and a new attempt may be made without asking anyone.
 * - `decline_noted`: one card was declined on a hosted page that stays open; the attempt goes on.
 * - `expired`, `cancelled`: the hosted page is closed and nothing was taken.
 * - `refused`: the PSP will not process what we sent; our fault, never retried.
 * - `not_started`: nothing happened there; the same key may be sent again. `countsAsTry` when the PSP itself said so (429), not when
 *   it was not reached (connection refused, breaker open, bulkhead full, retry budget empty).
 * - `unknown`: it may have happened. Never treated as failed; the PSP is asked.
 */
export type Outcome =
  | {
      readonly kind: 'succeeded';
      readonly pspPaymentId: string;
      readonly chargeId: string;
      readonly amountMinor: bigint;
      readonly currency: CurrencyCode;
      readonly cardLast4: string | null;
    }
  | {
      readonly kind: 'action_required';
      readonly pspPaymentId: string | null;
      readonly pspSessionId: string | null;
      readonly pageUrl: string | null;
    }
  | { readonly kind: 'pending'; readonly pspPaymentId: string }
  | {
      readonly kind: 'declined';
      readonly code: string;
      readonly message: string;
      readonly pspPaymentId: string | null;
      readonly tryAgain: boolean;
    }
  | { readonly kind: 'decline_noted'; readonly code: string; readonly pspPaymentId: string }
  | { readonly kind: 'expired' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | {
      readonly kind: 'not_started';
      readonly reason: string;
      readonly retryAfterSeconds: number | null;
      readonly countsAsTry: boolean;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What the PSP says when asked about an attempt; `absent` is its definite word that it never saw it. */
export type Enquiry = Outcome | { readonly kind: 'absent' };
