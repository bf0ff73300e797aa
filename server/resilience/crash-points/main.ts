import { runLevel } from '../kit/level.ts';
import { FLOWS, flowNamed } from './flows/index.ts';
import { runCrashPoints } from './run-crash-points.ts';
import { HELD_OUT_MS, simulate } from './simulation/simulate.ts';
import { startTheatre } from './theatre.ts';

/** `npm run crash-points`: dies at every checkpoint of every flow; with `--runs`, plays that many simulations of the seed instead. */
await runLevel({
  usage: 'npm run crash-points -- [--seed N] [--runs K] [--flow NAME] [--share 0.25] [--workers N] [--json FILE]',
  options: ['flow', 'share'],
  tasks: ({ runs, own }) => {
    shareIn(own);
    const flows = own.flow ? [flowNamed(own.flow)] : FLOWS;
    return runs ? Array.from({ length: runs }, (_, run) => String(run)) : flows.map((flow) => flow.name);
  },
  open: ({ runs }) => startTheatre('crash_points', runs ? HELD_OUT_MS : undefined),
  play: (theatre, task, { seed, runs, own }) =>
    runs
      ? simulate(theatre, { seed, first: Number(task), runs: 1, say: console.log })
      : runCrashPoints(theatre, { seed, flows: [flowNamed(task)], share: shareIn(own), say: console.log }),
  tell: ({ operations, kills }) => `${operations} operations, ${kills} processes killed`,
});

function shareIn({ share = '1' }: Readonly<Record<string, string | undefined>>): number {
  if (!(Number(share) > 0 && Number(share) <= 1)) throw new Error(`--share is a number above 0, up to 1: ${share}`);
  return Number(share);
}
