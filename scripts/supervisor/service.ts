import { setTimeout as wait } from 'node:timers/promises';
import { type Child, type ChildSpec, startChild } from './child.ts';

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;
/** A child that worked for so long starts its backoff anew. */
const STABLE_MS = 60_000;
const LAST_WORDS = 12;

export interface Service {
  readonly name: string;
  stop(): Promise<void>;
}

/**
 * Starts a child and keeps it running: one that ends is started again, after a pause that doubles. Throws when the very
 * first start fails, since that is a mistake in the configuration rather than an accident.
 */
export async function keepRunning(spec: ChildSpec, say: (text: string) => void): Promise<Service> {
  const stopped = new AbortController();
  let child: Child | undefined = await startChild(spec);

  const watch = async (): Promise<void> => {
    let backoffMs = FIRST_BACKOFF_MS;
    while (!stopped.signal.aborted) {
      const startedAt = Date.now();
      const trouble = child ? await lastWords(child) : undefined;
      if (stopped.signal.aborted) return;
      if (trouble) say(trouble);
      if (Date.now() - startedAt > STABLE_MS) backoffMs = FIRST_BACKOFF_MS;
      say(`${spec.name} is started again in ${backoffMs / 1000} s.`);
      await wait(backoffMs, undefined, { signal: stopped.signal }).catch(() => undefined);
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
      if (stopped.signal.aborted) return;
      child = await startChild(spec).catch((error: Error) => {
        say(error.message);
        return undefined;
      });
      if (child && !stopped.signal.aborted) say(`${spec.name} is running again.`);
    }
  };
  const watching = watch();

  return {
    name: spec.name,
    stop: async () => {
      stopped.abort();
      await child?.stop();
      await watching;
      // It may have been in the middle of a restart.
      await child?.stop();
    },
  };
}

async function lastWords(child: Child): Promise<string> {
  const { code, signal } = await child.ended;
  const output = child.output().split('\n').slice(-LAST_WORDS).join('\n');
  return `${child.name} ended by itself (${signal ?? `exit code ${code}`}). Its last lines:\n${output}`;
}
