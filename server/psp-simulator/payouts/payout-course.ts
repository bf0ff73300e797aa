import { businessDaysAfter } from '../books/settlement.ts';
import type { PayoutStep } from '../database/money-rows.ts';

/** A payout can be canceled for so long; then it is handed to the bank. */
const PENDING_SECONDS = 3_600;

/** How a payout ends: `paid`, `returned` by the receiving bank after it was paid, or a failure code of Stripe's. */
export type PayoutFate = string;

interface Course {
  /** When it is expected at the bank, in Unix seconds. */
  readonly arrival: number;
  readonly steps: readonly PayoutStep[];
}

/**
 * The steps of a payout made at a time (Unix seconds): handed to the bank an hour later, there on the next business day, and sent
 * back a business day after that if that is its fate. `delayMs` may take the place of the banks' days. Pure.
 */
export function courseOf(created: number, fate: PayoutFate, delayMs: number | 'business_days'): Course {
  const delay = delayMs === 'business_days' ? null : Math.ceil(delayMs / 1_000);
  const submitted = created + (delay ?? PENDING_SECONDS);
  const nextDay = (at: number) => (delay === null ? businessDaysAfter(at, 1) : at + delay);
  const arrival = nextDay(submitted);
  const ends: PayoutStep[] =
    fate === 'paid'
      ? [{ status: 'paid', at: arrival }]
      : fate === 'returned'
        ? [
            { status: 'paid', at: arrival },
            { status: 'failed', at: nextDay(arrival) },
          ]
        : [{ status: 'failed', at: arrival }];
  return { arrival, steps: [{ status: 'in_transit', at: submitted }, ...ends] };
}
