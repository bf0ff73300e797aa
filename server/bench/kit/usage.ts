import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second in /proc; Linux has used 100 on every platform since 2.6. */
const TICKS_PER_SECOND = 100;

interface ProcessStat {
  readonly parent: number;
  /** Processor time, that of children that ended included. */
  readonly cpuSeconds: number;
}

/** Processor seconds that a process and all below it have used so far; null where there is no /proc. */
export function cpuSecondsOfTree(root: number): number | null {
  const stats = readStats();
  if (!stats?.has(root)) return null;
  let seconds = 0;
  for (const pid of treeOf(root, stats)) seconds += stats.get(pid)?.cpuSeconds ?? 0;
  return seconds;
}

/** Resident memory of one process, in bytes; null where there is no /proc. */
export function residentBytes(pid: number): number | null {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? null : Number(kib) * 1024;
  } catch {
    return null;
  }
}

function treeOf(root: number, stats: ReadonlyMap<number, ProcessStat>): Set<number> {
  const tree = new Set([root]);
  for (let grown = true; grown; ) {
    const size = tree.size;
    for (const [pid, { parent }] of stats) if (tree.has(parent)) tree.add(pid);
    grown = tree.size > size;
  }
  return tree;
}

function readStats(): Map<number, ProcessStat> | null {
  const stats = new Map<number, ProcessStat>();
  try {
    for (const name of readdirSync('/proc')) {
      if (/^\d+$/.test(name)) readStat(Number(name), stats);
    }
    return stats;
  } catch {
    return null;
  }
}

function readStat(pid: number, into: Map<number, ProcessStat>): void {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; the fields after it are fixed (proc(5)), counted here from `state`.
    const fields = line
      .slice(line.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [own, children] = [ticks(fields, 11, 12), ticks(fields, 13, 14)];
    const isSingleThreaded = fields[17] === 1;
    into.set(pid, {
      parent: fields[1] ?? 0,
      cpuSeconds: children + (isSingleThreaded ? (exactSeconds(pid) ?? own) : own),
    });
  } catch {
    // It ended between the listing and the read.
  }
}

function ticks(fields: readonly number[], user: number, system: number): number {
  return ((fields[user] ?? 0) + (fields[system] ?? 0)) / TICKS_PER_SECOND;
}

/** Of a process with one thread, to the nanosecond; ticks are too coarse for a measurement of a second. */
function exactSeconds(pid: number): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e9;
  } catch {
    return null;
  }
}
