export interface StreamPlacesOptions {
  /** Most places taken at once, of all streams and of those with the same key. */
  readonly total: number;
  readonly perKey: number;
}

/** Counts streams that are open at once, altogether and by what they show. */
export class StreamPlaces {
  readonly #options: StreamPlacesOptions;
  readonly #taken = new Map<string, number>();
  #total = 0;

  constructor(options: StreamPlacesOptions) {
    this.#options = options;
  }

  /** Takes a place at once, before anything is waited for; null when there is none. Call what it answers when the stream is over. */
  take(key: string): (() => void) | null {
    const ofKey = this.#taken.get(key) ?? 0;
    if (this.#total >= this.#options.total || ofKey >= this.#options.perKey) return null;
    this.#total += 1;
    this.#taken.set(key, ofKey + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#total -= 1;
      const left = (this.#taken.get(key) ?? 0) - 1;
      if (left > 0) this.#taken.set(key, left);
      else this.#taken.delete(key);
    };
  }
}
