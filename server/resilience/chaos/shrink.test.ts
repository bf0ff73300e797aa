import { expect, test } from 'vitest';
import type { ChaosOptions } from './options.ts';
import { planRun } from './plan.ts';
import { shrink } from './shrink.ts';

const FAILED: ChaosOptions = {
  seed: 5n,
  runs: 1,
  operations: 400,
  without: [],
  brief: false,
  web: false,
  shrink: true,
};

test('what is not needed for the violation is dropped, what is needed stays', async () => {
  const families = [...new Set(planRun(FAILED).nemeses.map(({ family }) => family))];
  const needed = families[1] ?? '';
  const said: string[] = [];
  const smallest = await shrink(
    5n,
    FAILED,
    async ({ without, operations }) => ({ violations: without.includes(needed) || operations < 100 ? [] : ['lost'] }),
    (text) => said.push(text),
  );
  expect(smallest.without.toSorted()).toEqual(families.filter((family) => family !== needed).toSorted());
  expect(smallest.operations).toBe(100);
  expect(said.join()).toContain('--seed 5 --operations 100 --without');
});
