import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuSecondsOfTree, residentBytes } from '../kit/usage.ts';
import type { BenchSystem, Role } from './system.ts';

/** What a share of the work is counted for. */
export type Group = Role | 'postgres' | 'load';

/** How often memory is looked at, in milliseconds. */
const SAMPLE_MS = 500;

export interface Memory {
  readonly highestBytes: number;
  /** Highest of the last third against the highest of the second, when caches have filled: 1 is flat. */
  readonly growth: number;
}

/** Processor seconds of each group so far; null where they cannot be read. */
export function cpuSeconds(system: BenchSystem, postgresPid: number): Map<Group, number | null> {
  const groups = [...system.processes].map(([role, { pid }]) => [role, cpuSecondsOfTree(pid)] as const);
  return new Map<Group, number | null>([...groups, ['postgres', cpuSecondsOfTree(postgresPid)]]);
}

/** Looks at the memory of each process while `work` goes on. For Postgres it is the largest of its processes, shared pages included. */
export async function watchMemory<T>(
  system: BenchSystem,
  postgresPid: number,
  work: Promise<T>,
): Promise<{ readonly result: T; readonly memory: Map<Group, Memory> }> {
  const samples = new Map<Group, number[]>();
  const note = (group: Group, bytes: number | null) => {
    if (bytes !== null) samples.set(group, [...(samples.get(group) ?? []), bytes]);
  };
  let over = false;
  const ended = work.then(
    () => true,
    () => true,
  );
  while (!over) {
    for (const [role, { pid }] of system.processes) note(role, residentBytes(pid));
    note('postgres', largestChild(postgresPid));
    over = await Promise.race([ended, delay(SAMPLE_MS, false)]);
  }
  return { result: await work, memory: new Map([...samples].map(([group, bytes]) => [group, summarise(bytes)])) };
}

function largestChild(pid: number): number | null {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
    return Math.max(...children.map((child) => residentBytes(child) ?? 0));
  } catch {
    return null;
  }
}

function summarise(bytes: readonly number[]): Memory {
  const third = Math.floor(bytes.length / 3);
  const [second, last] = [bytes.slice(third, 2 * third), bytes.slice(2 * third)];
  return { highestBytes: Math.max(...bytes), growth: Math.max(...last) / Math.max(...second) };
}
