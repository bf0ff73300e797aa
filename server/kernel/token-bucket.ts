export interface TokenBucketOptions {
  /** Tokens that come back each second. */
  readonly perSecond: number;
  /** Most tokens that can be saved; a new bucket is full. */
  readonly capacity: number;
  /** Milliseconds on any clock that never goes back. Default: the process's own. */
  readonly now?: () => number;
}

/**
 * Holds something to a rate: whoever takes a token may go on. Over any time of t seconds at most `capacity + perSecond × t` tokens
 * are taken, and what was added.
 */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #capacity: number;
  readonly #now: () => number;
  #tokens: number;
  #countedAt: number;

  constructor({ perSecond, capacity, now = () => performance.now() }: TokenBucketOptions) {
    this.#perSecond = perSecond;
    this.#capacity = capacity;
    this.#now = now;
    this.#tokens = capacity;
    this.#countedAt = now();
  }

  /** Tokens that can be taken now. */
  get available(): number {
    const now = this.#now();
    this.add(((now - this.#countedAt) / 1_000) * this.#perSecond);
    this.#countedAt = now;
    return this.#tokens;
  }

  add(tokens: number): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + tokens);
  }

  /** Takes all of the tokens asked for, or none; answers whether it did. */
  take(tokens: number): boolean {
    if (this.available < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }
}
