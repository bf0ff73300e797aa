import { setTimeout as delay } from 'node:timers/promises';
import { type Child, type ChildSpec, startChild } from '../../../scripts/supervisor/child.ts';

/** How long a process that cannot start is started again, as a supervisor would, and the pause in between. */
const START_DEADLINE_MS = 60_000;
const START_PAUSE_MS = 300;
/** Longest a process may take to leave after it was asked to. */
const LEAVE_DEADLINE_MS = 15_000;

export type UnitState = 'up' | 'down' | 'paused';

/** A process that is killed and started again at the same place. */
export interface Unit {
  readonly name: string;
  state(): UnitState;
  pid(): number;
  /** Starts it when it is down and waits until it works; tries again while what it depends on is away. */
  start(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  /** SIGTERM; answers the exit code, or null when it had to be killed. */
  terminate(): Promise<number | null>;
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
  /** Each time it ended although nobody ended it. */
  readonly accidents: readonly string[];
}

/** Describes a process; `start` begins it. */
export function createUnit(spec: ChildSpec): Unit {
  let child: Child | undefined;
  let state: UnitState = 'down';
  const accidents: string[] = [];

  async function launch(): Promise<void> {
    const started = performance.now();
    for (;;) {
      try {
        child = await startChild(spec);
        break;
      } catch (error) {
        if (performance.now() - started > START_DEADLINE_MS) throw error;
        await delay(START_PAUSE_MS);
      }
    }
    state = 'up';
    watch(child);
  }

  function watch(running: Child): void {
    void running.ended.then(({ code, signal }) => {
      if (child !== running || state === 'down') return;
      state = 'down';
      accidents.push(`${spec.name} ended by itself (${signal ?? `exit code ${code}`})`);
    });
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const ending = child;
    if (!ending || state === 'down') return null;
    const wasPaused = state === 'paused';
    state = 'down';
    ending.signal(signal);
    if (wasPaused) ending.signal('SIGCONT');
    const late = setTimeout(() => ending.signal('SIGKILL'), LEAVE_DEADLINE_MS);
    const { code } = await ending.ended;
    clearTimeout(late);
    return code;
  }

  return {
    name: spec.name,
    state: () => state,
    pid: () => child?.pid ?? 0,
    start: async () => {
      if (state === 'down') await launch();
    },
    kill: async () => void (await end('SIGKILL')),
    terminate: () => end('SIGTERM'),
    pause: () => {
      if (state !== 'up') return;
      state = 'paused';
      child?.signal('SIGSTOP');
    },
    resume: () => {
      if (state !== 'paused') return;
      state = 'up';
      child?.signal('SIGCONT');
    },
    stop: async () => {
      const wasPaused = state === 'paused';
      state = 'down';
      if (wasPaused) child?.signal('SIGCONT');
      await child?.stop();
    },
    accidents,
  };
}
