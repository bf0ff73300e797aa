/** Counts the operations that have begun: the clock of the plan. */
export class Progress {
  #begun = 0;
  #over = false;
  readonly #waiting = new Set<{ readonly count: number; readonly done: () => void }>();

  get begun(): number {
    return this.#begun;
  }

  begin(): void {
    this.#begun += 1;
    this.#release();
  }

  /** Nothing more will begin: whoever waits goes on. */
  end(): void {
    this.#over = true;
    this.#release();
  }

  /** Resolves when so many have begun, or when no more will; answers whether they have. */
  async reaches(count: number): Promise<boolean> {
    if (this.#begun < count && !this.#over) await new Promise<void>((done) => this.#waiting.add({ count, done }));
    return this.#begun >= count;
  }

  #release(): void {
    for (const waiter of this.#waiting) {
      if (!this.#over && waiter.count > this.#begun) continue;
      this.#waiting.delete(waiter);
      waiter.done();
    }
  }
}
