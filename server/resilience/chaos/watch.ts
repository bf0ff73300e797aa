import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../kit/cluster.ts';
import { DOORS, type Topology } from '../kit/topology.ts';
import { auditSnapshot } from './books.ts';
import type { Sightings } from './sometimes.ts';

const AUDIT_EVERY_MS = 3_000;
const HEALTH_EVERY_MS = 300;
const HEALTH_TIMEOUT_MS = 1_000;

export interface Watch {
  readonly seen: Sightings;
  /** Invariants that did not hold on a snapshot. */
  readonly broken: string[];
  stop(): Promise<void>;
}

/** Audits the books and looks at the doors' health, past the lines, as long as the faults last. */
export function watchSystem(topology: Topology, cluster: Cluster): Watch {
  const stopped = new AbortController();
  const broken: string[] = [];
  const seen: Sightings = { breakerOpened: 0, breakerClosed: 0, databaseMissed: 0, snapshots: 0 };
  const open = new Set<string>();

  async function every(ms: number, look: () => Promise<void>): Promise<void> {
    while (!stopped.signal.aborted) {
      await look().catch(() => undefined);
      await delay(ms, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  async function audit(): Promise<void> {
    if (cluster.unit.state() !== 'up') return;
    broken.push(...(await auditSnapshot(topology.owner, 'always')));
    seen.snapshots += 1;
  }

  async function lookAt(door: (typeof DOORS)[number]): Promise<void> {
    const response = await fetch(`${topology.directUrlOf(door)}/api/health/ready`, {
      signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS),
    });
    const { checks } = (await response.json()) as { checks: Record<'psp' | 'database', { status: string }> };
    if (checks.database.status === 'fail') seen.databaseMissed += 1;
    if (checks.psp.status === 'fail' && !open.has(door)) {
      open.add(door);
      seen.breakerOpened += 1;
    }
    if (checks.psp.status === 'pass' && open.delete(door)) seen.breakerClosed += 1;
  }

  const looking = [every(AUDIT_EVERY_MS, audit), ...DOORS.map((door) => every(HEALTH_EVERY_MS, () => lookAt(door)))];
  return {
    seen,
    broken,
    stop: async () => {
      stopped.abort();
      await Promise.all(looking);
    },
  };
}
