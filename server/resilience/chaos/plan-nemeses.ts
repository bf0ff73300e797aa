import type { Random } from '../kit/random.ts';
import { LINES, type Line, UNITS, type UnitName } from '../kit/topology.ts';
import { type Direction, TOXIC_KINDS, type Toxic, type ToxicKind } from '../kit/toxics.ts';

/** Faults of the provider's own desk, and what each of them takes. */
const PROVIDER_FAULTS = {
  outage: {},
  connection_reset: { rate: [0.2, 0.9] },
  status_429: { rate: [0.2, 0.9] },
  status_500: { rate: [0.2, 0.9] },
  latency_ms: { ms: [200, 1_400] },
  late_answer_ms: { ms: [200, 2_500] },
  answer_lost: { rate: [0.2, 0.9] },
  answer_500: { rate: [0.2, 0.9] },
  answer_garbage: { rate: [0.2, 0.9] },
  webhook_drop: { rate: [0.3, 1] },
  webhook_double: { rate: [0.3, 1], copies: [2, 6] },
  webhook_delay: { rate: [0.3, 1], ms: [500, 4_000] },
  answer_wrong_amount: { rate: [0.2, 0.6] },
} as const satisfies Record<string, Readonly<Record<string, readonly [number, number]>>>;

type ProviderFaultKind = keyof typeof PROVIDER_FAULTS;

/** Something bad that is done to the system. */
export type Strike =
  | { readonly kind: 'kill' | 'pause' | 'terminate'; readonly unit: UnitName }
  | { readonly kind: 'postgres_kill' }
  /** Ends this share of the connections that the system has to the database. */
  | { readonly kind: 'postgres_terminate'; readonly share: number }
  | { readonly kind: 'toxic'; readonly line: Line; readonly direction: Direction; readonly toxic: Toxic }
  | { readonly kind: 'provider_fault'; readonly fault: Readonly<Record<string, string | number>> };

/** A strike, the operation it begins with, and how many operations later it is over. */
export interface Nemesis {
  readonly family: string;
  readonly at: number;
  readonly lasts: number;
  readonly strike: Strike;
}

interface Family {
  readonly name: string;
  /** Operations between two strikes, and how many operations one lasts: lowest and highest. */
  readonly gap: readonly [number, number];
  readonly lasts: readonly [number, number];
  readonly draw: (random: Random) => Strike;
}

const toxics: Readonly<Record<ToxicKind, (random: Random) => Toxic>> = {
  latency: (random) => ({ kind: 'latency', ms: random.between(20, 700), jitterMs: random.between(0, 20) }),
  down: () => ({ kind: 'down' }),
  bandwidth: (random) => ({ kind: 'bandwidth', bytesPerSecond: random.between(1_000, 40_000) }),
  slow_close: (random) => ({ kind: 'slow_close', ms: random.between(100, 2_000) }),
  timeout: (random) => ({ kind: 'timeout', ms: random.chance(0.5) ? 0 : random.between(100, 2_500) }),
  reset_peer: (random) => ({ kind: 'reset_peer', ms: random.between(0, 500) }),
  slicer: (random) => ({ kind: 'slicer', bytes: random.between(1, 60), pauseMs: random.between(0, 3) }),
  limit_data: (random) => ({ kind: 'limit_data', bytes: random.between(50, 20_000) }),
};

/** Every kind of nemesis there is. */
export const FAMILIES: readonly Family[] = [
  { name: 'kill', gap: [30, 120], lasts: [1, 30], draw: (random) => ({ kind: 'kill', unit: random.pick(UNITS) }) },
  { name: 'pause', gap: [40, 140], lasts: [10, 70], draw: (random) => ({ kind: 'pause', unit: random.pick(UNITS) }) },
  {
    name: 'terminate',
    gap: [60, 160],
    lasts: [1, 20],
    draw: (random) => ({ kind: 'terminate', unit: random.pick(UNITS) }),
  },
  { name: 'postgres_kill', gap: [90, 220], lasts: [1, 20], draw: () => ({ kind: 'postgres_kill' }) },
  {
    name: 'postgres_terminate',
    gap: [20, 100],
    lasts: [1, 1],
    draw: (random) => ({ kind: 'postgres_terminate', share: random.pick([0.2, 0.5, 1]) }),
  },
  ...TOXIC_KINDS.map(
    (kind): Family => ({
      name: `toxic_${kind}`,
      gap: [25, 120],
      lasts: [5, 50],
      draw: (random) => ({
        kind: 'toxic',
        line: random.pick(LINES),
        direction: random.pick(['upstream', 'downstream']),
        toxic: toxics[kind](random),
      }),
    }),
  ),
  ...(Object.keys(PROVIDER_FAULTS) as ProviderFaultKind[]).map(
    (kind): Family => ({
      name: `psp_${kind}`,
      gap: [40, 140],
      lasts: [10, 60],
      draw: (random) => ({ kind: 'provider_fault', fault: { kind, ...drawParameters(random, PROVIDER_FAULTS[kind]) } }),
    }),
  ),
];

/** Share of the kinds that a run has: some together, never all, so that one does not hide what another would show. */
const SWARM_SHARE = 0.3;
const FEWEST_FAMILIES = 3;

/**
 * Draws which kinds of nemesis a run has and when each strikes. Each kind draws from a stream of its own, so that leaving one out
 * moves no other.
 */
export function planNemeses(
  random: Random,
  { from, to, without }: { readonly from: number; readonly to: number; readonly without: readonly string[] },
): Nemesis[] {
  const swarm = random.fork('swarm');
  const ranked = FAMILIES.map((family) => ({ family, share: swarm.share() })).sort((a, b) => a.share - b.share);
  const chosen = ranked.filter(({ share }, rank) => rank < FEWEST_FAMILIES || share < SWARM_SHARE);
  return chosen
    .filter(({ family }) => !without.includes(family.name))
    .flatMap(({ family }) => strikesOf(family, random.fork(family.name), from, to))
    .sort((a, b) => a.at - b.at || a.family.localeCompare(b.family));
}

function strikesOf({ name, gap, lasts, draw }: Family, random: Random, from: number, to: number): Nemesis[] {
  const strikes: Nemesis[] = [];
  for (let at = from + random.between(0, gap[1]); at < to; at += random.between(...gap))
    strikes.push({ family: name, at, lasts: random.between(...lasts), strike: draw(random) });
  return strikes;
}

function drawParameters(
  random: Random,
  ranges: Readonly<Record<string, readonly [number, number]>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(ranges).map(([name, [lowest, highest]]) => [
      name,
      name === 'rate'
        ? lowest + Math.round(random.share() * (highest - lowest) * 100) / 100
        : random.between(lowest, highest),
    ]),
  );
}
