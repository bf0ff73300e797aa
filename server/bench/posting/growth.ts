import type { LoopResult } from '../kit/closed-loop.ts';
import type { DurablePostgres } from '../kit/durable-postgres.ts';
import { type Books, openBooks } from './books.ts';
import { openOurDoor } from './our-door.ts';
import { type Figures, type Measuring, measure, summarise, Tally } from './rounds.ts';

const SMALL_ENTRIES = 10_000;
const CALLERS = 512;
/** Each door posts for so long before it is measured: opening accounts and making plans is not what grows. */
const WARM_UP_SECONDS = 0.3;

export interface Growth {
  readonly small: Figures;
  readonly large: Figures;
  readonly books: Books;
}

/** Posting into nearly empty books and into large ones, in turn. Leaves the large books open for the reads. */
export async function measureGrowth(entries: number, how: Measuring & { server: DurablePostgres }): Promise<Growth> {
  const books = await openBooks('large', { checked: true });
  const started = performance.now();
  await books.fill(entries / 2);
  how.say(
    `${entries.toLocaleString('en-US')} entries filled in (${Math.round((performance.now() - started) / 1000)} s)`,
  );
  const tally = new Tally();
  tally.add(books, entries / 2);
  const door = openOurDoor(books.database.appUrl);
  const measureLarge = (seconds: number) =>
    measure({ contender: door, books, load: 'spread', callers: CALLERS }, { ...how, tally, seconds });
  await measureLarge(WARM_UP_SECONDS);
  const [small, large]: [LoopResult[], LoopResult[]] = [[], []];
  for (let round = 0; round < how.rounds; round += 1) {
    small.push(await measureSmall(how));
    large.push(await measureLarge(how.seconds));
  }
  await tally.check();
  how.say('the large books add up');
  await door.close();
  return { small: summarise(small), large: summarise(large), books };
}

/** Books of their own each time, so that they are small each time. */
async function measureSmall(how: Measuring): Promise<LoopResult> {
  const books = await openBooks('small', { checked: true });
  await books.fill(SMALL_ENTRIES / 2);
  const tally = new Tally();
  tally.add(books, SMALL_ENTRIES / 2);
  const contender = openOurDoor(books.database.appUrl);
  const scenario = { contender, books, load: 'spread', callers: CALLERS } as const;
  await measure(scenario, { ...how, tally, seconds: WARM_UP_SECONDS });
  const result = await measure(scenario, { ...how, tally });
  await contender.close();
  await tally.check();
  await books.close();
  return result;
}
