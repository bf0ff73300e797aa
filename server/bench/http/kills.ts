import { setTimeout as delay } from 'node:timers/promises';
import { findLost, requireAgreement, requireInvariants, untilQuiet } from './books.ts';
import { startLoad } from './run-load.ts';
import type { BenchSystem } from './system.ts';

/** How long the door takes payments before it is killed, in milliseconds. */
const LIFE_MS = [500, 1_500] as const;
/** The load ends with the door; this is only where it would give up. */
const LONGEST_LOAD_SECONDS = 30;
const CALLERS = 64;

export interface KillResult {
  readonly kills: number;
  readonly acknowledged: number;
  readonly lost: number;
}

/**
 * Kills the door with -9 again and again while payments come in. At once after each start every acknowledged payment must be
 * there, captured and successful, and the books must add up; at the end they must agree with the provider's charge by charge.
 */
export async function killUnderLoad(system: BenchSystem, kills: number): Promise<KillResult> {
  let [acknowledged, lost] = [0, 0];
  for (let kill = 0; kill < kills; kill += 1) {
    const load = await startLoad(system, {
      callers: CALLERS,
      payments: 1,
      seconds: LONGEST_LOAD_SECONDS,
      untilCut: true,
    });
    await delay(LIFE_MS[0] + Math.random() * (LIFE_MS[1] - LIFE_MS[0]));
    await system.killDoor();
    const report = await load.report();
    if (Object.keys(report.refusals).length > 0)
      throw new Error(`before a kill payments were refused: ${JSON.stringify(report.refusals)}`);
    await system.startDoor();
    acknowledged += report.acknowledged.length;
    lost += (await findLost(system, report.acknowledged)).length;
    await requireInvariants(system);
  }
  // What was under way when the door died is finished by the worker and by webhooks that are sent again.
  await untilQuiet(system);
  await requireInvariants(system);
  await requireAgreement(system);
  return { kills, acknowledged, lost };
}
