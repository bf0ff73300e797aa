import { readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { lostOrders, readdBooks, untilQuiet } from './books.ts';
import { startLoad } from './run-load.ts';
import type { BenchSystem } from './system.ts';

/** Between two kills the door takes payments for about so long, in milliseconds. */
const LIFE_MS = [700, 1_700] as const;
/** What a kill and the start after it take at most, in seconds: the load goes on a little longer than the kills. */
const SECONDS_PER_KILL = 4;
const CONNECTIONS = 64;

export interface KillResult {
  readonly kills: number;
  readonly acknowledged: number;
  readonly lost: number;
}

/**
 * Kills the door with -9 again and again while payments come in. Afterwards every acknowledged payment must be there in the
 * state that was answered, and the books must add up with the provider's.
 */
export async function killUnderLoad(system: BenchSystem, kills: number): Promise<KillResult> {
  const acknowledgedFile = `var/acknowledged-${process.pid}.txt`;
  const seconds = kills * SECONDS_PER_KILL;
  const load = startLoad(system, { connections: CONNECTIONS, seconds, payments: 1, acknowledgedFile });
  for (let kill = 0; kill < kills; kill += 1) {
    await delay(LIFE_MS[0] + Math.random() * (LIFE_MS[1] - LIFE_MS[0]));
    await system.killDoor();
  }
  await load;
  await untilQuiet(system);
  await readdBooks(system);
  const acknowledged = await readAcknowledged(acknowledgedFile);
  const lost = await lostOrders(system, acknowledged);
  await rm(acknowledgedFile, { force: true });
  if (lost.length > 0)
    throw new Error(`acknowledged but not there: ${lost.slice(0, 5).join(', ')} (${lost.length} in all)`);
  return { kills, acknowledged: acknowledged.size, lost: lost.length };
}

async function readAcknowledged(file: string): Promise<Map<string, string>> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  return new Map(lines.map((line) => line.split(' ') as [string, string]));
}
