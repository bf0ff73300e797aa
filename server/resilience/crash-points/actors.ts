import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Command, Lived } from './actor.ts';

const ACTOR = fileURLToPath(new URL('actor.ts', import.meta.url));
/** Actors that load while another one plays: loading is most of an actor's life. */
const WARM = 2;
/** Longest that one command may take, in milliseconds. */
const DEADLINE_MS = 30_000;

/** How a command ended: with the actor's own `kill -9`, or with its answer. */
export type Ending = { readonly died: true } | ({ readonly died: false } & Lived);

export interface Actor {
  /** Throws what went wrong in the actor, unless it killed itself. One command at a time. */
  obey(command: Command): Promise<Ending>;
  /** Resolves when its process is gone. */
  dismiss(): Promise<void>;
}

export interface Actors {
  hire(): Actor;
  /** A fresh process for one command; resolves when that process is gone. */
  play(command: Command): Promise<Ending>;
  /** Processes that killed themselves. */
  readonly kills: number;
  stop(): Promise<void>;
}

/** Processes of the product. `env` is added to this process's own. */
export function startActors(env: Readonly<Record<string, string>>): Actors {
  const warm: ChildProcess[] = [];
  let kills = 0;

  function hire(): Actor {
    while (warm.length <= WARM)
      warm.push(fork(ACTOR, { env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
    const actor = employ(warm.shift() as ChildProcess);
    return {
      ...actor,
      obey: async (command) => {
        const ending = await actor.obey(command);
        if (ending.died) kills += 1;
        return ending;
      },
    };
  }

  return {
    hire,
    play: async (command) => {
      const actor = hire();
      try {
        return await actor.obey(command);
      } finally {
        await actor.dismiss();
      }
    },
    get kills() {
      return kills;
    },
    stop: async () => {
      await Promise.all(warm.splice(0).map((actor) => employ(actor).dismiss()));
    },
  };
}

function employ(actor: ChildProcess): Actor {
  const gone = once(actor, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  // Whoever waits for its end or its answer gets the error; one that nobody waits for needs none.
  gone.catch(() => undefined);

  async function obey(command: Command): Promise<Ending> {
    const timer = setTimeout(() => actor.kill('SIGABRT'), DEADLINE_MS);
    const reply = new Promise<Lived | { readonly error: string }>((done) => {
      actor.once('message', done);
      // An actor that still loads finds it when it is ready.
      actor.send(command, () => undefined);
    });
    const ended = await Promise.race([gone, reply]);
    clearTimeout(timer);
    if (!Array.isArray(ended)) {
      if ('error' in ended) throw new Error(ended.error);
      return { died: false, ...ended };
    }
    const [code, signal] = ended;
    if (signal === 'SIGKILL') return { died: true };
    throw new Error(`an actor ended with ${signal ?? `exit code ${code}`}`);
  }

  return {
    obey,
    dismiss: async () => {
      if (actor.connected) actor.disconnect();
      await gone;
    },
  };
}
