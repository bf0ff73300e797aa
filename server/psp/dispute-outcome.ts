import type { CurrencyCode } from '#kernel';

/** How far a dispute has come, as the PSP tells it. An inquiry has moved no money. */
export type DisputeStage = 'inquiry' | 'inquiry_closed' | 'open' | 'under_review' | 'won' | 'lost';

/** Money that the PSP moved because of a dispute, in minor units of the dispute's currency. */
export interface DisputeMovement {
  readonly amountMinor: bigint;
  /** Taken along with a withdrawal, or given back with a reinstatement. */
  readonly feeMinor: bigint;
}

/** A dispute as the PSP shows it. */
export interface DisputeFacts {
  readonly pspDisputeId: string;
  readonly pspPaymentId: string;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  readonly reason: string;
  readonly stage: DisputeStage;
  /** Until when evidence is taken. */
  readonly dueBy: Date | null;
  readonly openedAt: Date;
  readonly withdrawn: DisputeMovement | null;
  readonly reinstated: DisputeMovement | null;
}

/** What is known after talking to the PSP about a dispute; the kinds are those of an `Outcome`. */
export type DisputeOutcome =
  | { readonly kind: 'known'; readonly dispute: DisputeFacts }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | {
      readonly kind: 'not_started';
      readonly reason: string;
      readonly retryAfterSeconds: number | null;
      readonly countsAsTry: boolean;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Disputes of a list, oldest last; what could not be read is left out. */
export type DisputeList =
  | { readonly kind: 'listed'; readonly disputes: readonly DisputeFacts[] }
  | Exclude<DisputeOutcome, { kind: 'known' }>;

/** Something to say to a dispute. Sending it again under the same key never says it twice. */
export interface DisputeResponse {
  readonly pspDisputeId: string;
  readonly key: string;
  /** Evidence in words; null accepts the dispute. */
  readonly evidence: string | null;
}
