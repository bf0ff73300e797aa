import { config } from '#config';

/** Longest wait a caller may ask for, in seconds. */
const MAX_WAIT_SECONDS = 30;

/** What a caller prefers between a quick receipt and the outcome (RFC 7240). */
export interface Preference {
  /** How long to wait for the outcome. */
  readonly waitMs: number;
  /** The caller asked to wait, so a settled payment is answered with 200 and its outcome. */
  readonly wantsOutcome: boolean;
  /** Value of Preference-Applied. */
  readonly applied: string | undefined;
}

/**
 * Reads `Prefer: respond-async`, `Prefer: wait=N` (seconds) or both, which means: answer early if it takes longer than N.
 * What is not understood is ignored, as the RFC asks.
 */
export function readPreference(header: string | undefined, defaultWaitMs = config().PAYMENT_WAIT_MS): Preference {
  const preferences = (header ?? '').split(',').map((one) => one.split(';')[0]?.trim().toLowerCase() ?? '');
  const seconds = preferences
    .map((one) => /^wait\s*=\s*"?(\d{1,9})"?$/.exec(one)?.[1])
    .find((found) => found !== undefined);
  if (seconds !== undefined) {
    const wait = Math.min(Number(seconds), MAX_WAIT_SECONDS);
    return { waitMs: wait * 1000, wantsOutcome: true, applied: `wait=${wait}` };
  }
  if (preferences.includes('respond-async')) return { waitMs: 0, wantsOutcome: false, applied: 'respond-async' };
  return { waitMs: defaultWaitMs, wantsOutcome: false, applied: undefined };
}
