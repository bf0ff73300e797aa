import { auditBooks } from '#audit';
import { createRandom } from '../kit/random.ts';
import { addCounts, commitOf, type LevelReport, showSeed, type Violation } from '../kit/report.ts';
import type { Operation } from './operations.ts';
import { type House, playTogether } from './play-pair.ts';
import type { SceneKind } from './scenes.ts';

export interface InterleavingsOptions {
  readonly seed: bigint;
  readonly operations: readonly Operation[];
  /** Schedules drawn per pair and scene; every one there is by default. */
  readonly schedules?: number | undefined;
  /** Only some of the pairs. */
  readonly of?: ChosenPairs;
  readonly say?: (line: string) => void;
}

/** Pairs whose first operation is `first`, and that `only` is part of; all of them where nothing is said. */
export interface ChosenPairs {
  readonly first?: string | undefined;
  readonly only?: string | undefined;
}

export interface InterleavingsReport extends LevelReport {
  readonly pairs: number;
  readonly schedules: number;
  /** How often a session waited for a lock. */
  readonly blocked: number;
}

/** Two operations that meet, and where: at home of the one and at home of the other. */
export interface Meeting {
  readonly operations: readonly [Operation, Operation];
  readonly scene: SceneKind;
}

/** Every unordered pair, each operation with itself included, in the scene of each of the two. */
export function meetingsOf(operations: readonly Operation[], of: ChosenPairs = {}): Meeting[] {
  const all = operations.flatMap((first, index) =>
    operations.slice(index).flatMap((second) => {
      const scenes = new Set([first.home, second.home]);
      return [...scenes].map((scene): Meeting => ({ operations: [first, second], scene }));
    }),
  );
  return all.filter(
    ({ operations: [first, second] }) =>
      (of.first ?? first.name) === first.name && (!of.only || [first.name, second.name].includes(of.only)),
  );
}

/** Plays every pair in all its interleavings, or in some of them. */
export async function runInterleavings(
  house: House,
  { seed, operations, schedules: share, of, say = () => {} }: InterleavingsOptions,
): Promise<InterleavingsReport> {
  const started = performance.now();
  await house.owner.query(
    `do $$ begin execute format('alter database %I set deadlock_timeout = ''50ms''', current_database()); end $$`,
  );
  const random = createRandom(seed, 'interleavings');
  const violations: Violation[] = [];
  const sometimes: Record<string, number> = {};
  const pairs = new Set<string>();
  const sum = { schedules: 0, blocked: 0 };
  const meetings = meetingsOf(operations, of);
  for (const [index, { operations: both, scene }] of meetings.entries()) {
    const pair = both.map((operation) => operation.name).join(' × ');
    const extent = share === undefined ? 'all' : { random: random.fork(`${pair} ${scene}`), schedules: share };
    const played = await playTogether(house, both, scene, extent);
    pairs.add(pair);
    sum.schedules += played.schedules;
    sum.blocked += played.blocked;
    if (played.blocked > 0) addCounts(sometimes, { [`waited in ${pair}`]: played.blocked });
    violations.push(...played.violations.map((detail) => ({ what: `${pair} (${scene})`, detail })));
    say(
      `${`${pair} (${scene})`.padEnd(68)} ${played.schedules} schedules, ${played.blocked} waits, ${played.violations.length} violations`,
    );
    // All that one operation has met: the invariants are those of the whole database.
    const [first] = both;
    if (meetings[index + 1]?.operations[0] !== first) violations.push(...(await auditAfter(first)));
  }
  return {
    level: 'interleavings',
    seed: showSeed(seed),
    runs: 1,
    operations: sum.schedules * 2,
    kills: 0,
    faults: {},
    sometimes,
    violations,
    seconds: Math.round((performance.now() - started) / 1_000),
    commit: commitOf(),
    pairs: pairs.size,
    ...sum,
  };
}

/**
 * What cannot hold here. Late money is held for an attempt: what the pairs of `post` post is held for none. And no worker is there to
 * take what is due: it waits as long as the pairs take.
 */
const CANNOT_HOLD = new Set(['I14', 'I41b']);

async function auditAfter({ name }: Operation): Promise<Violation[]> {
  const broken = (await auditBooks()).filter(({ id, violations }) => violations > 0 && !CANNOT_HOLD.has(id));
  return broken.map(({ id, subjects }) => ({ what: `${id} after all pairs of ${name}`, detail: subjects.join(', ') }));
}
