import type { Random } from '../../kit/random.ts';
import { eventsOf, isRead, type ProviderEvent, type Stage } from '../stage.ts';

/** What may become of a webhook on its way, by weight. A dropped one never comes. */
const FATES: readonly (readonly [number, 'now' | 'twice' | 'later' | 'dropped'])[] = [
  [5, 'now'],
  [2, 'twice'],
  [3, 'later'],
  [2, 'dropped'],
];

/** The way of the provider's webhooks to us: they come late, twice, in any order, or not at all, as the seed has it. */
export class PostOffice {
  readonly #stage: Stage;
  readonly #random: Random;
  readonly #seen = new Set<string>();
  #waiting: ProviderEvent[] = [];
  readonly fates: Record<string, number> = {};

  constructor(stage: Stage, random: Random) {
    this.#stage = stage;
    this.#random = random;
  }

  /** What arrives next, in the order in which it does. */
  async next(): Promise<ProviderEvent[]> {
    const arriving = this.#waiting;
    this.#waiting = [];
    for (const event of await eventsOf(this.#stage)) {
      if (this.#seen.has(event.id) || !isRead(event)) continue;
      this.#seen.add(event.id);
      const fate = this.#random.weighted(FATES);
      this.fates[`webhook ${fate}`] = (this.fates[`webhook ${fate}`] ?? 0) + 1;
      if (fate === 'later') this.#waiting.push(event);
      if (fate === 'now' || fate === 'twice') arriving.push(event);
      if (fate === 'twice') arriving.push(event);
    }
    return arriving
      .map((event) => ({ event, place: this.#random.share() }))
      .sort((a, b) => a.place - b.place)
      .map(({ event }) => event);
  }

  /** They were not taken: the provider sends them again. */
  giveBack(events: readonly ProviderEvent[]): void {
    this.#waiting.push(...events);
  }
}
