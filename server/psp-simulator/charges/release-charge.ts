import type { ChargeRow } from '../database/rows.ts';

/** An authorization that will never be captured. */
export function releasedCharge(charge: ChargeRow): ChargeRow {
  return { ...charge, status: 'released', released: charge.amount, next: null, next_at: null };
}
