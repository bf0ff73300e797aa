import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** Set in the environment of a worker. */
const WORKER = 'LEVEL_WORKER';

type Answer<Report> = { readonly report: Report } | { readonly error: string };

/** Whether this process is one of those that {@link playSideBySide} has started. */
export function isWorker(): boolean {
  return process.env[WORKER] !== undefined && process.send !== undefined;
}

/**
 * Plays tasks in so many processes of this very program, each a task at a time, in the order given. Answers what they reported,
 * in that order. Throws the first error of a worker; the others then end with this process.
 */
export async function playSideBySide<Report>(tasks: readonly string[], workers: number): Promise<Report[]> {
  const waiting = [...tasks.entries()];
  const reports: Report[] = [];

  async function work(): Promise<void> {
    const worker = fork(process.argv[1] as string, process.argv.slice(2), { env: { ...process.env, [WORKER]: '1' } });
    const gone = once(worker, 'exit');
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [place, task] = next;
      reports[place] = await ask<Report>(worker, gone, task);
    }
    worker.disconnect();
    await gone;
  }

  await Promise.all(Array.from({ length: Math.min(workers, tasks.length) }, work));
  return reports;
}

async function ask<Report>(worker: ChildProcess, gone: Promise<unknown>, task: string): Promise<Report> {
  const answer = new Promise<Answer<Report>>((done) => worker.once('message', done));
  worker.send(task, () => undefined);
  const dead = gone.then(() => ({ error: 'a worker has ended in mid-task' }));
  const told = await Promise.race([answer, dead]);
  if ('error' in told) throw new Error(`${task}: ${told.error}`);
  return told.report;
}

/** Does what the parent asks for, one task after the other, and resolves once it asks for nothing more. */
export async function serveTasks<Report>(play: (task: string) => Promise<Report>): Promise<void> {
  process.on('message', (task: string) => {
    void play(task).then(
      (report) => process.send?.({ report } satisfies Answer<Report>),
      (error: Error) => process.send?.({ error: error.stack ?? error.message } satisfies Answer<Report>),
    );
  });
  await once(process, 'disconnect');
}
