import { TokenBucket } from '#kernel';

/** Retries that a call earns: one for five, so that retries add at most 20 % to the calls. */
const CALLS_PER_RETRY = 5;
/** Retries a second that are free, so that a quiet process still finds out what became of its payments. */
export const FREE_RETRIES_PER_SECOND = 10;
/** Most retries that can be saved up for later. */
export const MAX_SAVED_RETRIES = 50;

/**
 * The process's allowance for retries. A provider in trouble answers fewer calls, and each unanswered one would be followed by
 * retries: without a bound they become most of the traffic, and keep the provider down after its trouble is over. So retries live
 * on what first calls earn: of n first calls in t seconds, at most `n / 5 + 10 t + 50` retries are made, whatever fails.
 */
export class RetryBudget {
  readonly #fifths: TokenBucket;

  /** `now`: milliseconds on a clock that never goes back. */
  constructor(now?: () => number) {
    this.#fifths = new TokenBucket({
      perSecond: FREE_RETRIES_PER_SECOND * CALLS_PER_RETRY,
      capacity: MAX_SAVED_RETRIES * CALLS_PER_RETRY,
      ...(now && { now }),
    });
  }

  /** Retries that can be made now. */
  get left(): number {
    return Math.floor(this.#fifths.available / CALLS_PER_RETRY);
  }

  /** A call that is no retry is being made. */
  earn(): void {
    this.#fifths.add(1);
  }

  /** So many retries are about to be made; false when they have to wait. */
  spend(retries = 1): boolean {
    return this.#fifths.take(retries * CALLS_PER_RETRY);
  }

  /** A retry that was paid for need not be made. */
  giveBack(): void {
    this.#fifths.add(CALLS_PER_RETRY);
  }
}
