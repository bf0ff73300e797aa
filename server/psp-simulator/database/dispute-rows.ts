import type { Metadata } from './rows.ts';

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
