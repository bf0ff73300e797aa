import { startChild } from '../../../scripts/supervisor/child.ts';
import { freePort } from '../../../scripts/supervisor/ports.ts';
import { type Books, openBooks } from './books.ts';
import type { Contender, Load } from './contender.ts';
import { openNaivePg } from './naive-pg.ts';
import { openNaivePrisma } from './naive-prisma.ts';
import { openOurDoor } from './our-door.ts';
import { openRawInsert } from './raw-insert.ts';
import { type Measuring, measure, type Scenario } from './rounds.ts';

/** Connections of each naive pool. */
const NAIVE_CONNECTIONS = 16;
/** Numbers of callers of which the naive ways get the one they do best with. */
const NAIVE_CALLERS = [4, 16, 64];
const TRIAL_SECONDS = 0.4;
/** Round trip between application and database that stands for two machines in one region. */
export const DISTANCE_MS = 2;

export interface Contenders {
  readonly ours: { spread512: Scenario; spread64: Scenario; spread1: Scenario; hot512: Scenario; hot64: Scenario };
  readonly pg: { spread: Scenario; hot: Scenario };
  readonly prisma: { spread: Scenario; hot: Scenario };
  readonly raw: { spread: Scenario; hot: Scenario };
  readonly far: { ours: Scenario; pg: Scenario };
  readonly ourBooks: Books;
  close(): Promise<void>;
}

/** Every way of posting, each with books of its own on the same server; the naive ways with the callers they do best with. */
export async function openContenders(how: Omit<Measuring, 'rounds'>): Promise<Contenders> {
  const ourBooks = await openBooks('ours', { checked: true });
  const pgBooks = await openBooks('naive_pg', { checked: false });
  const prismaBooks = await openBooks('naive_prisma', { checked: false });
  const rawBooks = await openBooks('raw', { checked: false, keepsBalances: false });
  const far = await openDistance(new URL(ourBooks.database.appUrl).port);
  const door = openOurDoor(ourBooks.database.appUrl);
  const pg = openNaivePg(pgBooks.database.appUrl, pgBooks.accounts, NAIVE_CONNECTIONS);
  const prisma = openNaivePrisma(prismaBooks.database.appUrl, prismaBooks.accounts, NAIVE_CONNECTIONS);
  const raw = openRawInsert(rawBooks.database.appUrl, rawBooks.accounts);
  const farDoor = openOurDoor(far.through(ourBooks.database.appUrl));
  const farPg = openNaivePg(far.through(pgBooks.database.appUrl), pgBooks.accounts, NAIVE_CONNECTIONS);

  const ours = (load: Load, callers: number): Scenario => ({ contender: door, books: ourBooks, load, callers });
  const best = (contender: Contender, books: Books, load: Load) => bestCallers({ contender, books, load }, how);
  const note = `${DISTANCE_MS} ms away`;
  return {
    ours: {
      spread512: ours('spread', 512),
      spread64: ours('spread', 64),
      spread1: ours('spread', 1),
      hot512: ours('hot', 512),
      hot64: ours('hot', 64),
    },
    pg: { spread: await best(pg, pgBooks, 'spread'), hot: await best(pg, pgBooks, 'hot') },
    prisma: { spread: await best(prisma, prismaBooks, 'spread'), hot: await best(prisma, prismaBooks, 'hot') },
    raw: {
      spread: { contender: raw, books: rawBooks, load: 'spread', callers: 512 },
      hot: { contender: raw, books: rawBooks, load: 'hot', callers: 512 },
    },
    far: {
      ours: { contender: farDoor, books: ourBooks, load: 'hot', callers: 512, note },
      pg: { contender: farPg, books: pgBooks, load: 'hot', callers: NAIVE_CONNECTIONS, note },
    },
    ourBooks,
    close: async () => {
      for (const contender of [door, pg, prisma, raw, farDoor, farPg]) await contender.close();
      await far.stop();
      for (const books of [ourBooks, pgBooks, prismaBooks, rawBooks]) await books.close();
    },
  };
}

async function bestCallers(scenario: Omit<Scenario, 'callers'>, how: Omit<Measuring, 'rounds'>): Promise<Scenario> {
  const tried: { callers: number; perSecond: number }[] = [];
  for (const callers of NAIVE_CALLERS) {
    const { perSecond } = await measure({ ...scenario, callers }, { ...how, seconds: TRIAL_SECONDS });
    tried.push({ callers, perSecond });
  }
  const [best] = tried.toSorted((a, b) => b.perSecond - a.perSecond);
  return { ...scenario, callers: best?.callers ?? NAIVE_CONNECTIONS };
}

/** A way to the server that takes its time, in a process of its own. */
async function openDistance(port: string): Promise<{ through(url: string): string; stop(): Promise<void> }> {
  const listen = String(await freePort());
  const proxy = await startChild({
    name: 'distance',
    script: 'server/bench/distance/main.ts',
    args: ['--listen', listen, '--to', port, '--round-trip', String(DISTANCE_MS)],
    ready: { line: /^A distance/ },
  });
  return {
    through: (url) => {
      const far = new URL(url);
      far.port = listen;
      return far.toString();
    },
    stop: () => proxy.stop(),
  };
}
