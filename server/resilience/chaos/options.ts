import { parseArgs } from 'node:util';
import { parseSeed } from '../kit/random.ts';
import { FAMILIES } from './plan-nemeses.ts';

export interface ChaosOptions {
  readonly seed: bigint;
  /** Runs with this seed and the ones after it. */
  readonly runs: number;
  /** Operations of each run. */
  readonly operations: number;
  /** Kinds of nemesis to leave out. */
  readonly without: readonly string[];
  /** Leave out what takes half a minute to come to its end. */
  readonly brief: boolean;
  /** The second door is the web process. */
  readonly web: boolean;
  /** Make a run that failed smaller. */
  readonly shrink: boolean;
  readonly json?: string | undefined;
}

export interface CommandLine extends ChaosOptions {
  /** Instead of runs: so many kills under load. */
  readonly kills: number;
  /** Instead of runs: the provider is away for so many seconds. */
  readonly outage: number;
}

export const USAGE = `npm run chaos -- [--seed N] [--runs K] [--operations N] [--without a,b] [--brief] [--web] [--shrink] [--json FILE]
npm run chaos -- --kills N [--seed N] [--web] [--json FILE]
npm run chaos -- --outage SECONDS [--seed N] [--web] [--json FILE]`;

/** Reads the command line; throws with a sentence when it makes no sense. */
export function readOptions(args: string[]): CommandLine {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '1' },
      operations: { type: 'string', default: '450' },
      without: { type: 'string', default: '' },
      brief: { type: 'boolean', default: false },
      web: { type: 'boolean', default: false },
      shrink: { type: 'boolean', default: false },
      json: { type: 'string' },
      kills: { type: 'string', default: '0' },
      outage: { type: 'string', default: '0' },
    },
  });
  const count = (name: 'runs' | 'operations' | 'kills' | 'outage', fewest: number) => {
    const number = Number(values[name]);
    if (!Number.isSafeInteger(number) || number < fewest)
      throw new Error(`--${name} takes a whole number from ${fewest}\n${USAGE}`);
    return number;
  };
  const without = values.without.split(',').filter(Boolean);
  const strange = without.filter((name) => !FAMILIES.some((family) => family.name === name));
  if (strange.length > 0)
    throw new Error(
      `no kind of nemesis is called ${strange.join(', ')}; there are ${FAMILIES.map(({ name }) => name).join(', ')}`,
    );
  const { brief, web, shrink, json } = values;
  const counts = {
    runs: count('runs', 1),
    operations: count('operations', 1),
    kills: count('kills', 0),
    outage: count('outage', 0),
  };
  return { seed: parseSeed(values.seed), ...counts, without, brief, web, shrink, json };
}

/** The command that does one run again. */
export function commandFor(
  seed: bigint,
  { operations, without, brief, web }: Omit<ChaosOptions, 'seed' | 'runs'>,
): string {
  const flags = [without.length > 0 && `--without ${without.join(',')}`, brief && '--brief', web && '--web'];
  return [`npm run chaos -- --seed ${seed} --operations ${operations}`, ...flags.filter(Boolean)].join(' ');
}
