import type pg from 'pg';
import { type ExplainedAccount, explainClearing } from '#reconciliation';
import { openOwnerPool, type PaymentSystem, startPaymentSystem } from '#testing';
import { createRandom } from '../kit/random.ts';
import { commitOf, type LevelReport, showSeed, type Violation } from '../kit/report.ts';
import { answerAndDecide, dispute, refund, warn } from './aftermath.ts';
import { checkBooks, type Explained, explainDifferences, reconcileNight, spoil } from './night.ts';
import { payOut, payOutBySchedule } from './pay-out.ts';
import { sell } from './sales.ts';
import { countStates, type Day, type Scene, SHOP } from './scene.ts';
import { openSellers } from './sellers.ts';
import { workUntilQuiet } from './work.ts';

const DAY = 86_400;
/** The shop is busy at nine (UTC); nights are the time between. */
const MORNING = 9 * 3_600;

export interface MonthOptions {
  readonly seed: bigint;
  readonly days: number;
  readonly ordersPerDay: number;
  /** Called after each day with a line about it. */
  readonly say?: (line: string) => void;
}

export interface MonthReport extends LevelReport {
  /** Every clearing account at the end of the month, with its open items. */
  readonly accounts: readonly ExplainedAccount[];
  readonly differences: Explained;
}

/** A system for a month: what the provider takes its time for takes it on the provider's clock, so days and not the machine decide. */
export function openMonth(): Promise<PaymentSystem> {
  return startPaymentSystem('month', {
    webhooks: true,
    env: { PSP_TIMEOUT_MS: '10000' },
    simulatorEnv: {
      PSP_REFUND_DELAY_MS: '600000',
      PSP_DISPUTE_DELAY_MS: '600000',
      PSP_WEBHOOK_RETRY_BASE_MS: '100',
    },
  });
}

/**
 * Plays a shop's month on the provider's clock, from a Monday on: each day sales, refunds, disputes and payouts, then the night in which
 * money settles and moves and the files of the day are reconciled. Every evening the books are checked, and every clearing account
 * must be its open items. The seed decides what happens.
 */
export async function playMonth(system: PaymentSystem, options: MonthOptions): Promise<MonthReport> {
  const started = performance.now();
  const { seed, days, ordersPerDay, say } = options;
  const scene: Scene = { system, seed, ordersPerDay, happened: {}, faults: {}, disputes: [], spoiled: new Set() };
  const provider = openOwnerPool(system.simulator.database.url, 1);
  const violations: Violation[] = [];
  try {
    await openSellers(system);
    let now = mondayAfter(Date.now() / 1_000) + MORNING;
    await moveClock(system, now);
    for (let number = 0; number < days; number += 1, now += DAY) {
      const date = new Date(now * 1_000).toISOString().slice(0, 10);
      const draw = createRandom(seed, SHOP, String(number));
      const day: Day = { number, date, weekday: (number % 7) + 1, draw };
      await playDay(scene, day, options, provider, now);
      const found = await checkBooks(scene, date);
      violations.push(...found);
      say?.(`${date}  ${found.length === 0 ? 'holds' : `${found.length} VIOLATIONS`}`);
    }
  } finally {
    await provider.end();
  }
  const differences = await explainDifferences(scene);
  violations.push(...differences.unexplained.map((detail) => ({ what: 'difference', detail })));
  return {
    level: 'month',
    seed: showSeed(seed),
    runs: 1,
    operations: Object.values(scene.happened).reduce((sum, one) => sum + one, 0),
    kills: 0,
    faults: scene.faults,
    sometimes: { ...Object.fromEntries(Object.entries(scene.happened).toSorted()), ...(await countStates(scene)) },
    violations,
    seconds: Math.round((performance.now() - started) / 1_000),
    commit: commitOf(),
    accounts: await explainClearing(),
    differences,
  };
}

/** One day from nine to nine: the day's trade, and the night after it. */
async function playDay(scene: Scene, day: Day, { days }: MonthOptions, provider: pg.Pool, now: number): Promise<void> {
  const { system } = scene;
  await spoil(scene, day);
  await sell(scene, day);
  await workUntilQuiet(system, provider);
  await refund(scene, day);
  await dispute(scene, day);
  await answerAndDecide(scene, day);
  await payOut(scene, day);
  await payOutBySchedule(scene, day, days);
  await workUntilQuiet(system, provider);
  await warn(scene, now);
  await moveClock(system, now + DAY);
  await workUntilQuiet(system, provider);
  await reconcileNight(scene);
}

async function moveClock(system: PaymentSystem, to: number): Promise<void> {
  await system.helper('clock', { to: String(to) });
}

/** Midnight UTC before the next Monday begins: 1 January 1970 was a Thursday. */
function mondayAfter(at: number): number {
  const day = Math.floor(at / DAY) + 1;
  return (day + ((4 - (day % 7) + 7) % 7)) * DAY;
}
