import type { ChaosOptions } from './options.ts';
import { commandFor } from './options.ts';
import { planRun } from './plan.ts';

const FEWEST_OPERATIONS = 40;

/**
 * Makes a failed run smaller as long as it still fails: drops one kind of nemesis after the other, then halves the operations.
 * Real processes do not repeat themselves exactly, so what passes once is taken to be needed.
 */
export async function shrink(
  seed: bigint,
  failed: ChaosOptions,
  run: (options: ChaosOptions) => Promise<{ readonly violations: readonly unknown[] }>,
  say: (text: string) => void,
): Promise<ChaosOptions> {
  let smallest = failed;
  const stillFails = async (smaller: ChaosOptions) => {
    const fails = (await run(smaller)).violations.length > 0;
    if (fails) smallest = smaller;
    return fails;
  };
  const families = new Set(planRun({ ...failed, seed }).nemeses.map((nemesis) => nemesis.family));
  for (const family of families) await stillFails({ ...smallest, without: [...smallest.without, family] });
  while (smallest.operations / 2 >= FEWEST_OPERATIONS) {
    if (!(await stillFails({ ...smallest, operations: Math.floor(smallest.operations / 2) }))) break;
  }
  say(`smallest that still fails: ${commandFor(seed, smallest)}`);
  return smallest;
}
