import { expect, test } from 'vitest';
import type { Step } from './conductor.ts';
import { following, nextBeginning } from './schedules.ts';

/** Sessions that never wait for each other, with so many points each. */
function play(points: readonly number[], beginning: readonly number[], idle: readonly number[] = []): Step[] {
  const left = [...points];
  const choose = following(beginning);
  const steps: Step[] = [];
  for (;;) {
    const options = left.flatMap((count, session) => (count > 0 ? [session] : []));
    if (options.length === 0) return steps;
    const chosen = choose(options, steps.length);
    left[chosen] = (left[chosen] ?? 0) - 1;
    steps.push({ options, chosen, touched: !idle.includes(left[chosen]) });
  }
}

test.each([
  [[1, 1], 2],
  [[4, 4], 70],
  [[5, 5], 252],
  [[4, 6], 210],
  [[2, 2, 2], 90],
])('sessions of %j points are played in all %i interleavings, each once', (points, count) => {
  const seen = new Set<string>();
  let plays = 0;
  for (let beginning: number[] | undefined = []; beginning; ) {
    const steps = play(points, beginning);
    seen.add(steps.map((step) => step.chosen).join(''));
    plays += 1;
    beginning = nextBeginning(beginning, steps);
  }
  expect([seen.size, plays]).toEqual([count, count]);
});

test('where a step that touches nothing stands is not tried out in full, and all others come in every order', () => {
  const orders = new Set<string>();
  let plays = 0;
  // The last step of each session is one.
  for (let beginning: number[] | undefined = []; beginning; ) {
    const steps = play([4, 4], beginning, [0]);
    orders.add(steps.flatMap((step) => (step.touched ? [step.chosen] : [])).join(''));
    plays += 1;
    beginning = nextBeginning(beginning, steps);
  }
  // All orders of three steps each, in 35 plays instead of 70.
  expect([orders.size, plays]).toEqual([20, 35]);
});

test('a session that cannot move as planned ends the branch instead of repeating it', () => {
  expect(nextBeginning([1], [{ options: [0], chosen: 0, touched: true }])).toBeUndefined();
});
