import { hash } from 'node:crypto';
import { createRandom, type Random } from '../../kit/random.ts';

/** Something a client, a shopper or the provider's clock does. `nth` is the checkout it is about. */
export type Operation =
  | {
      readonly kind: 'pay';
      readonly nth: number;
      readonly token: string;
      readonly orders: readonly PlannedOrder[];
      readonly keyed: boolean;
    }
  | { readonly kind: 'pay-again'; readonly nth: number }
  | { readonly kind: 'retry'; readonly nth: number; readonly token: string }
  | { readonly kind: 'open'; readonly nth: number; readonly orders: readonly PlannedOrder[] }
  | { readonly kind: 'press'; readonly nth: number }
  | { readonly kind: 'cancel'; readonly nth: number }
  | { readonly kind: 'pay-page'; readonly nth: number; readonly card: string }
  | { readonly kind: 'expire'; readonly nth: number }
  /** The provider tells that a page has expired which can still be paid. */
  | { readonly kind: 'mistake'; readonly nth: number }
  /** At the provider refunds that are pending are done, and those that come back do. */
  | { readonly kind: 'refunds-end'; readonly nth: number }
  /** An operator has refunds made again that have failed. */
  | { readonly kind: 'retry-refund'; readonly nth: number };

export interface PlannedOrder {
  readonly seller: number;
  readonly amountMinor: number;
}

export const WIRE_FAULTS = ['cut-before', 'cut-after', 'held', 'status-500', 'status-429', 'garbage'] as const;
export type WireFault = (typeof WIRE_FAULTS)[number];

/** What happens side by side, and what goes wrong meanwhile. */
export interface Round {
  readonly operations: readonly Operation[];
  /** At which checkpoint of the round the process dies, counted from 1. */
  readonly dieAt: number | null;
  /** Which calls to the provider, counted from 0, meet which fault. */
  readonly faults: Readonly<Record<number, WireFault>>;
  /** Whether the time passes that due things wait for. */
  readonly timePasses: boolean;
}

export interface Plan {
  readonly rounds: readonly Round[];
  /** How many checkouts there are. */
  readonly checkouts: number;
  readonly hash: string;
}

const TOKENS: readonly (readonly [number, string])[] = [
  [10, 'tok_visa_4242'],
  [2, 'tok_chargeDeclined'],
  [1, 'tok_chargeDeclinedProcessingError'],
  [1, 'tok_answer_lost'],
  [1, 'tok_answer_lost_declined'],
  [1, 'tok_charged_then_server_error'],
  [1, 'tok_rate_limited_once'],
  [1, 'tok_server_error_once'],
  [1, 'tok_reset_once'],
];
const CARDS: readonly (readonly [number, string])[] = [
  [4, '4242424242424242'],
  [1, '4000000000000002'],
  // A refund of it is pending first, or fails late.
  [2, '4000000000007726'],
  [2, '4000000000005126'],
];
const SELLERS = 3;
/** Amounts at the edges of rounding and of what is allowed, in cents. */
const AMOUNTS = [1, 19, 20, 21, 999, 2_999, 99_999_999];
const DEATHS = 0.2;
const FAULTY_CALLS = 0.12;
/** Calls and checkpoints of one round among which faults and deaths are drawn. */
const CALLS = 12;
const POINTS = 30;

/** What happens in one run, drawn from the seed alone. */
export function makePlan(seed: bigint, run: number): Plan {
  const random = createRandom(seed, 'simulation', String(run));
  const rounds: Round[] = [];
  const world = { checkouts: 0, direct: [] as number[], hosted: [] as number[] };
  for (let left = random.between(10, 30); left > 0; ) {
    const operations = Array.from({ length: Math.min(left, random.between(1, 5)) }, () => draw(random, world));
    left -= operations.length;
    rounds.push({
      operations,
      dieAt: random.chance(DEATHS) ? random.between(1, POINTS) : null,
      faults: drawFaults(random),
      timePasses: random.chance(0.5),
    });
  }
  return { rounds, checkouts: world.checkouts, hash: hash('sha256', JSON.stringify(rounds), 'hex').slice(0, 12) };
}

function draw(random: Random, world: { checkouts: number; direct: number[]; hosted: number[] }): Operation {
  const known = (kind: 'direct' | 'hosted') => (world[kind].length > 0 ? 1 : 0);
  const kind = random.weighted<Operation['kind']>([
    [6, 'pay'],
    [known('direct'), 'pay-again'],
    [known('direct'), 'retry'],
    [3, 'open'],
    [6 * known('hosted'), 'press'],
    [5 * known('hosted'), 'pay-page'],
    [2 * known('hosted'), 'cancel'],
    [2 * known('hosted'), 'expire'],
    [4 * known('hosted'), 'mistake'],
    [2 * known('hosted'), 'refunds-end'],
    [2 * known('hosted'), 'retry-refund'],
  ]);
  if (kind === 'pay' || kind === 'open') {
    world.checkouts += 1;
    const nth = world.checkouts;
    world[kind === 'pay' ? 'direct' : 'hosted'].push(nth);
    const orders = Array.from({ length: random.between(1, 3) }, () => ({
      seller: random.between(1, SELLERS),
      amountMinor: random.pick(AMOUNTS),
    }));
    return kind === 'pay'
      ? { kind, nth, token: random.weighted(TOKENS), orders, keyed: random.chance(0.3) }
      : { kind, nth, orders: orders.map((order) => ({ ...order, amountMinor: Math.max(order.amountMinor, 100) })) };
  }
  // Mostly what is new: it is what others are still busy with.
  const nth = random.pick((kind === 'pay-again' || kind === 'retry' ? world.direct : world.hosted).slice(-3));
  if (kind === 'retry') return { kind, nth, token: random.weighted(TOKENS) };
  if (kind === 'pay-page') return { kind, nth, card: random.weighted(CARDS) };
  return { kind, nth };
}

function drawFaults(random: Random): Record<number, WireFault> {
  const faults: Record<number, WireFault> = {};
  for (let call = 0; call < CALLS; call += 1) if (random.chance(FAULTY_CALLS)) faults[call] = random.pick(WIRE_FAULTS);
  return faults;
}
