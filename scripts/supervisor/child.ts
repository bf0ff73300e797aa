import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const LEASH = fileURLToPath(new URL('./leash.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 15_000;
const PROBE_INTERVAL_MS = 50;
const KEPT_LINES = 200;

export interface ChildSpec {
  readonly name: string;
  /** A TypeScript or JavaScript file, relative to the project's root. */
  readonly script: string;
  readonly args?: readonly string[];
  /** Added to our own environment. */
  readonly env?: Record<string, string | undefined>;
  /** An address that answers 200 when the child can work, or a line that it prints then. Unset: ready at once. */
  readonly ready?: { readonly url: string } | { readonly line: RegExp };
  readonly readyDeadlineMs?: number;
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Resolves when the process has ended and its output is read to the end; never rejects. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** The last lines it printed. */
  output(): string;
  signal(signal: NodeJS.Signals): void;
  /** Asks it to end and waits; past the deadline its whole process group is killed. */
  stop(deadlineMs?: number): Promise<void>;
}

/**
 * Starts a Node process of this project in a process group of its own, so that Ctrl-C in the terminal reaches the
 * supervisor alone, and waits until it is ready. Throws, with the child's last words, when it ends or stays silent instead.
 */
export async function startChild(spec: ChildSpec): Promise<Child> {
  const child = launch(spec);
  try {
    await untilReady(spec, child);
    return child;
  } catch (error) {
    await child.stop(0);
    throw error;
  }
}

/** Runs a Node script of this project to its end; throws with its last words unless it ends with 0. */
export async function runToEnd(spec: Omit<ChildSpec, 'ready'>): Promise<string> {
  const child = launch(spec);
  const { code, signal } = await child.ended;
  if (code === 0) return child.output();
  throw new Error(`${spec.name} ended with ${signal ?? `exit code ${code}`}:\n${child.output()}`);
}

function launch(spec: ChildSpec): Child & { readonly seen: (line: RegExp) => Promise<void> } {
  const process_ = spawn(process.execPath, ['--import', LEASH, spec.script, ...(spec.args ?? [])], {
    cwd: ROOT,
    env: { ...process.env, ...spec.env, LEASH_HOLDER: String(process.pid) },
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const pid = process_.pid;
  if (pid === undefined) throw new Error(`${spec.name} could not be started.`);
  process_.channel?.unref();

  const kept: string[] = [];
  const watchers = new Set<(line: string) => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    eachLine(process_[stream], (line) => {
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
      for (const watcher of watchers) watcher(line);
      spec.onLine?.(line, stream);
    });
  }
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((done) => {
    process_.once('close', (code, signal) => done({ code, signal }));
  });
  const signal = (name: NodeJS.Signals) => void process_.kill(name);
  return {
    name: spec.name,
    pid,
    ended,
    output: () => kept.join('\n'),
    signal,
    seen: (pattern) =>
      new Promise((done) => {
        watchers.add((line) => pattern.test(line) && done());
        if (kept.some((line) => pattern.test(line))) done();
      }),
    stop: async (deadlineMs = STOP_DEADLINE_MS) => {
      signal('SIGTERM');
      const killer = setTimeout(() => killGroup(pid), deadlineMs);
      await ended;
      clearTimeout(killer);
      killGroup(pid);
    },
  };
}

async function untilReady(spec: ChildSpec, child: ReturnType<typeof launch>): Promise<void> {
  if (!spec.ready) return;
  const deadlineMs = spec.readyDeadlineMs ?? READY_DEADLINE_MS;
  const over = new AbortController();
  const ready = 'url' in spec.ready ? answers(spec.ready.url, over.signal) : child.seen(spec.ready.line);
  const outcome = await Promise.race([
    ready.then(() => null),
    child.ended.then(({ code, signal }) => `ended with ${signal ?? `exit code ${code}`} before it was ready`),
    wait(deadlineMs, `was not ready in ${deadlineMs / 1000} s`, { signal: over.signal, ref: false }),
  ]);
  over.abort();
  if (outcome !== null) throw new Error(`${spec.name} ${outcome}:\n${child.output()}`);
}

/** Resolves once the address answers 200; gives up silently when aborted. */
async function answers(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const ok = await fetch(url, { signal, redirect: 'manual' }).then(
      async (response) => {
        await response.body?.cancel();
        return response.status === 200;
      },
      () => false,
    );
    if (ok) return;
    await wait(PROBE_INTERVAL_MS);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // Nobody is left in the group, which is what we want.
  }
}

function eachLine(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream?.on('end', () => rest && onLine(rest));
}
