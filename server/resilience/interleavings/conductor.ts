import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { observeCheckpoints } from '#kernel';

/** How long a session may be busy before Postgres is asked whether it waits for a lock, in milliseconds. */
const PATIENCE_MS = 2;
/** Longest that nothing moves, in milliseconds: far beyond the time in which Postgres breaks a deadlock. */
const STUCK_MS = 20_000;

/** Sessions that wait for a lock that somebody else holds. */
const BLOCKED = `select count(*)::int as blocked from pg_stat_activity
  where datname = current_database() and backend_type = 'client backend' and wait_event_type = 'Lock'
    and cardinality(pg_blocking_pids(pid)) > 0`;

/** One point at which the next session to move was chosen. */
export interface Step {
  /** Sessions that could move, by their number. */
  readonly options: readonly number[];
  readonly chosen: number;
  /** Whether that session may have seen or changed anything before its next checkpoint; if not, its place in the order means nothing. */
  readonly touched: boolean;
}

export interface Performance {
  readonly steps: readonly Step[];
  /** How often a session had to wait for a lock while another one was let go on. */
  readonly blocked: number;
  /** What each session ended with; undefined when it did what it was to do. */
  readonly errors: readonly unknown[];
}

interface Session {
  readonly number: number;
  state: 'paused' | 'running' | 'done';
  /** The checkpoint at which it stands. */
  point: string;
  go: () => void;
}

const current = new AsyncLocalStorage<(point: string) => Promise<void>>();

/** Where a session begins. As after each commit and each call, nothing is held and nothing is under way. */
const BEGINNING = 'session:after';

/**
 * Runs sessions side by side, of which one at a time moves, from one checkpoint to its next. `choose` says which of those that can
 * move does; one that waits for a lock cannot, and moves on by itself once it has it. `acquired` counts how often any session took a
 * connection: between two checkpoints one that holds none and takes none can neither see nor change what others do.
 */
export async function conduct(
  owner: pg.Pool,
  work: readonly (() => Promise<unknown>)[],
  acquired: () => number,
  choose: (options: readonly number[], step: number) => number,
): Promise<Performance> {
  const changes = new EventEmitter();
  const errors: unknown[] = work.map(() => undefined);
  const steps: Step[] = [];
  let blocked = 0;

  const sessions = work.map((play, number): Session => {
    const session: Session = { number, state: 'paused', point: BEGINNING, go: () => {} };
    const pause = (point: string) =>
      new Promise<void>((go) => {
        Object.assign(session, { state: 'paused', point, go });
        changes.emit('change');
      });
    void current.run(pause, async () => {
      await pause(BEGINNING);
      await play().catch((error: unknown) => {
        errors[number] = error ?? new Error('rejected with nothing');
      });
      session.state = 'done';
      changes.emit('change');
    });
    return session;
  });
  observeCheckpoints((point) => current.getStore()?.(point));

  const running = () => sessions.filter((session) => session.state === 'running').length;
  const paused = () => sessions.filter((session) => session.state === 'paused').map((session) => session.number);

  /** Until every session that was let go is at its next checkpoint, at its end, or waits for a lock. */
  async function settle(): Promise<void> {
    for (const deadline = performance.now() + STUCK_MS; running() > 0; ) {
      const over = new AbortController();
      const change = once(changes, 'change', { signal: over.signal }).catch(() => undefined);
      await Promise.race([change, delay(PATIENCE_MS, undefined, { signal: over.signal })]).catch(() => undefined);
      over.abort();
      const busy = running();
      if (busy === 0) return;
      const { rows } = await owner.query<{ blocked: number }>(BLOCKED);
      if (rows[0]?.blocked === busy && running() === busy && paused().length > 0) {
        blocked += 1;
        return;
      }
      if (performance.now() > deadline) throw new Error('the sessions are stuck');
    }
  }

  try {
    for (let options = paused(); options.length > 0; options = paused()) {
      const chosen = choose(options, steps.length);
      const session = sessions[chosen] as Session;
      const { point } = session;
      const before = acquired();
      session.state = 'running';
      session.go();
      await settle();
      steps.push({ options, chosen, touched: !point.endsWith(':after') || acquired() > before });
    }
  } finally {
    observeCheckpoints(undefined);
  }
  return { steps, blocked, errors };
}
