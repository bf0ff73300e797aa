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

/** The decline code of an attempt that was called off: the PSP never heard of it, and no order waited for it any more. */
export const NEVER_REACHED = 'never_reached_psp';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Quick pauses, in seconds: after each the PSP is asked, and what it never saw is sent again. */
export const RETRY_DELAYS_SECONDS = [1, 2, 4, 8, 16] as const;

/** Slow pauses, in seconds: a person has been told, and asking goes on by itself; nothing is sent again. The last one repeats for ever. */
export const ENQUIRY_DELAYS_SECONDS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 4, 8, 12, 24].map((hours) => hours * HOUR),
] as const;

/** Most times an attempt is sent without an answer: once, and after each quick pause. A person's push allows as many again. */
export const MAX_SENDS = 1 + RETRY_DELAYS_SECONDS.length;

/** Unanswered tries after which a person is told and the slow pauses begin. */
export const TRIES_UNTIL_TOLD = RETRY_DELAYS_SECONDS.length + 1;

/** How long a payment that the PSP could not be reached for is kept going, in seconds: nobody expects an older one to be charged any more. */
export const START_DEADLINE_SECONDS = HOUR;

/** How often an open hosted page is asked about in case its webhook was lost, in seconds. */
export const OPEN_PAGE_POLL_SECONDS = 30;

/** How soon an attempt that the PSP is still working on is asked about again, in seconds. */
export const PENDING_POLL_SECONDS = 5;

/** When a new attempt follows the `declines`th one that ended in the bank's passing trouble, or null when there were enough. */
export function nextAttemptAt(declines: number, now: Date, random: () => number): Date | null {
  const delay = RETRY_DELAYS_SECONDS[declines - 1];
  return delay === undefined ? null : withJitter(now, delay, random);
}

/** When to look again after so many unanswered tries; never before the PSP's own Retry-After. There is always a next time. */
export function nextLookAt(
  tries: number,
  now: Date,
  random: () => number,
  retryAfterSeconds: number | null = null,
): Date {
  const delays = [...RETRY_DELAYS_SECONDS, ...ENQUIRY_DELAYS_SECONDS];
  const delay = delays[Math.min(Math.max(tries, 1), delays.length) - 1] as number;
  return withJitter(now, Math.max(delay, retryAfterSeconds ?? 0), random);
}

/** When to try again what the PSP could not be reached for: soon for a young attempt, once a minute for an old one. */
export function whenReachable(ageSeconds: number, now: Date, random: () => number): Date {
  return withJitter(now, Math.min(Math.max(ageSeconds / 4, 1), MINUTE), random);
}

export function secondsFrom(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1_000);
}

/** Up to a quarter later, so that what failed together does not come back together; never sooner. */
function withJitter(now: Date, seconds: number, random: () => number): Date {
  return secondsFrom(now, seconds * (1 + random() / 4));
}
