import type { CurrencyCode, Money } from '#kernel';

/** A seller's bank to have money sent to; `token` stands for its number, which only the PSP has seen. */
export interface BankAccountRequest {
  /** Idempotency key at the PSP. */
  readonly bankAccountId: string;
  readonly sellerId: string;
  readonly token: string;
  readonly currency: CurrencyCode;
  /** The seller's account at the PSP; null opens one. */
  readonly pspAccountId: string | null;
}

/** What became of adding a bank account; `unknown` may be asked for again under the same id. */
export type BankAccountOutcome =
  | {
      readonly kind: 'added';
      readonly pspAccountId: string;
      readonly pspBankAccountId: string;
      readonly country: string;
      readonly currency: CurrencyCode;
      readonly bankName: string;
      readonly last4: string;
      readonly fingerprint: string;
      readonly verified: boolean;
    }
  | NotDone;

/** Money to send to a seller's bank. `payoutId` is the idempotency key at the PSP, and travels along so that all news leads back to it. */
export interface PayoutRequest {
  readonly payoutId: string;
  /** The seller's account at the PSP, and its bank there. */
  readonly pspAccountId: string;
  readonly pspBankAccountId: string;
  readonly amount: Money;
}

/** How the PSP knows a payout: whatever ids were learned so far. */
export interface PayoutRef {
  readonly payoutId: string;
  readonly pspAccountId: string;
  readonly pspPayoutId: string | null;
}

/** A payout as the PSP shows it. */
interface KnownPayout {
  readonly pspPayoutId: string;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
}

type NotDone =
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | {
      readonly kind: 'not_started';
      readonly reason: string;
      readonly retryAfterSeconds: number | null;
      readonly countsAsTry: boolean;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * What is known after talking to the PSP about a payout:
 * - `paid`: it reached the bank, as far as the PSP knows today; the bank may still send it back.
 * - `pending`: it is on its way and the PSP will tell.
 * - `failed`: it did not reach the bank, or came back from it.
 * - `refused`: the PSP will not do it; nothing reached the bank.
 * - `not_started`: nothing happened there (429, connection refused, breaker open); the same key may be sent again.
 * - `unknown`: it may have happened. Never treated as failed; the PSP is asked.
 */
export type PayoutOutcome =
  | ({ readonly kind: 'paid' } & KnownPayout)
  | ({ readonly kind: 'pending' } & KnownPayout)
  | ({ readonly kind: 'failed'; readonly reason: string } & KnownPayout)
  | NotDone;

/** What the PSP says when asked about a payout; `absent` is its definite word that it never saw it. */
export type PayoutEnquiry = PayoutOutcome | { readonly kind: 'absent' };

/** Whether what the bank did not take is back with us, or never left. */
export type RecallOutcome = { readonly kind: 'recalled' } | NotDone;
