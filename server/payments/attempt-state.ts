/** One try at the PSP. Its id is the idempotency key there. */
export const ATTEMPT_STATES = [
  'PENDING',
  'REQUIRES_ACTION',
  'UNKNOWN',
  'SUCCEEDED',
  'DECLINED',
  'REFUSED',
  'EXPIRED',
  'CANCELLED',
] as const;

export type AttemptState = (typeof ATTEMPT_STATES)[number];

/** States in which the PSP has not given its last word. */
export const OPEN_ATTEMPT_STATES: ReadonlySet<AttemptState> = new Set(['PENDING', 'REQUIRES_ACTION', 'UNKNOWN']);

/** Pauses before asking or sending again, in seconds; each gets up to a quarter more at random. After the last one a person decides. */
export const RETRY_DELAYS_SECONDS = [1, 2, 4, 8, 16] as const;

/** How often an open hosted page is asked about in case its webhook was lost, in seconds. */
export const OPEN_PAGE_POLL_SECONDS = 30;

/** How soon an attempt that the PSP is still working on is asked about again, in seconds. */
export const PENDING_POLL_SECONDS = 5;

/** When to look again after `tries` unsuccessful ones, or null when the retries are used up. */
export function nextTryAt(
  tries: number,
  now: Date,
  random: () => number,
  retryAfterSeconds: number | null = null,
): Date | null {
  const delay = RETRY_DELAYS_SECONDS[tries];
  if (delay === undefined) return null;
  return secondsFrom(now, Math.max(delay, retryAfterSeconds ?? 0) * (1 + random() / 4));
}

export function secondsFrom(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1_000);
}
