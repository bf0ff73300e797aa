import { hash } from 'node:crypto';
import { createRandom } from '../kit/random.ts';
import { type Nemesis, planNemeses } from './plan-nemeses.ts';
import { type Operation, planOperations } from './plan-operations.ts';

export interface PlanOptions {
  readonly seed: bigint;
  /** How many operations the callers begin in all. */
  readonly operations: number;
  /** Kinds of nemesis that are left out; everything else stays as it is. */
  readonly without: readonly string[];
  /** Leaves out what takes half a minute to come to its end by itself, such as a charge that the provider never answers. */
  readonly brief: boolean;
}

/** What a run will do: everything that is drawn is drawn here, before it begins. */
export interface Plan {
  readonly seed: string;
  readonly clients: number;
  /** Operations that are begun in a second, if the system keeps up. */
  readonly perSecond: number;
  /** The first so many operations meet no fault. */
  readonly warmOperations: number;
  readonly operations: readonly Operation[];
  readonly nemeses: readonly Nemesis[];
}

const CLIENTS = [20, 60] as const;
const PER_SECOND = [14, 22] as const;
const WARM_SHARE = 0.1;

/** Draws a run from its seed. The same options give the same plan; leaving a nemesis out changes nothing else of it. */
export function planRun({ seed, operations: count, without, brief }: PlanOptions): Plan {
  const random = createRandom(seed, 'chaos');
  const shape = random.fork('shape');
  const clients = shape.between(...CLIENTS);
  const warmOperations = Math.ceil(count * WARM_SHARE);
  return {
    seed: seed.toString(),
    clients,
    perSecond: shape.between(...PER_SECOND),
    warmOperations,
    operations: planOperations(random.fork('operations'), { count, clients, brief }),
    nemeses: planNemeses(random.fork('nemeses'), { from: warmOperations, to: count, without }),
  };
}

/** A short name for a plan: two runs that print the same do the same. */
export function hashPlan(plan: Plan): string {
  return hash('sha256', JSON.stringify(plan), 'hex').slice(0, 16);
}
