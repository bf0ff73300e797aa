import { startPaymentSystem } from '#testing';
import { runLevel } from '../kit/level.ts';
import { playStorms } from './play-storms.ts';

const RUNS = 1_000;
/** Storms on one system before its books are audited. */
const STORMS_PER_AUDIT = 50;

/** `npm run storms`: storms of refunds on a paid order and of payouts on a balance, in turn. */
await runLevel({
  usage: 'npm run storms -- [--seed N] [--runs K] [--workers N] [--json FILE]',
  options: [],
  tasks: ({ runs = RUNS }) =>
    Array.from({ length: Math.ceil(runs / STORMS_PER_AUDIT) }, (_, task) => String(task * STORMS_PER_AUDIT)),
  open: () => startPaymentSystem('storms', { env: { DATABASE_POOL_SIZE: '25' } }),
  play: (system, task, { seed, runs = RUNS }) => {
    const first = Number(task);
    return playStorms(system, { seed, first, runs: Math.min(STORMS_PER_AUDIT, runs - first) });
  },
  tell: ({ runs, operations, sometimes }) =>
    `${runs} storms, ${operations} wishes, ${sometimes.accepted} accepted, ${sometimes.refused} refused`,
});
