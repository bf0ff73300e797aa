/** Each wait is four times the former. */
const GROWTH = 4;
const LONGEST_WAIT_MS = 12 * 3_600_000;
/** Stripe stops trying after three days. */
const GIVE_UP_AFTER_MS = 3 * 24 * 3_600_000;

/** Wait before the next try of a delivery that failed `failures` times, or null when it is given up. Pure. */
export function nextWaitMs(failures: number, ageMs: number, baseMs: number): number | null {
  if (ageMs >= GIVE_UP_AFTER_MS) return null;
  return Math.min(Math.max(baseMs, 1) * GROWTH ** (failures - 1), LONGEST_WAIT_MS);
}
