import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hashApiKey } from '#auth';
import { type PaymentSystem, startPaymentSystem } from '#testing';
import { type Actors, startActors } from './actors.ts';
import { API_KEY, CLERK, openStage, type Stage } from './stage.ts';

/** How the connections of actors are called, so that their end can be waited for. */
const ACTOR_CONNECTIONS = 'crash-actor';
const LOOK_MS = 3;
/** How long a call to the provider may take, in milliseconds: nothing is held back where processes die, so a slow machine is no silence. */
const PATIENCE_MS = 5_000;

/** How long a refund takes at the provider, in milliseconds: longer than any play, so that its end comes when a flow asks for it. */
const REFUND_DAYS_MS = 600_000;

/** One database, one simulator, and processes that die on them. This process is the one that lives and recovers. */
export interface Theatre {
  readonly system: PaymentSystem;
  readonly actors: Actors;
  /** A stage on which nothing has been played. */
  stage(): Stage;
  /** Waits until Postgres has noticed that the dead are dead: until then their locks stand, and their work looks taken. */
  buried(): Promise<void>;
  stop(): Promise<void>;
}

export async function startTheatre(label: string, timeoutMs = PATIENCE_MS): Promise<Theatre> {
  const system = await startPaymentSystem(label, {
    env: { PSP_TIMEOUT_MS: String(timeoutMs) },
    simulatorEnv: { PSP_REFUND_DELAY_MS: String(REFUND_DAYS_MS) },
  });
  await system.owner.query(
    `insert into api_keys (id, name, prefix, key_hash) values ('shop', 'shop', 'sk_test_', $1)`,
    [hashApiKey(API_KEY)],
  );
  await system.owner.query(
    `insert into users (id, email, name, role, password_hash) values ($1, 'clerk@example.com', 'Clerk', 'finance', 'x')`,
    [CLERK],
  );
  const { simulator, owner, database } = system;
  const actors = startActors({
    DATABASE_URL: `${database.url}?application_name=${ACTOR_CONNECTIONS}`,
    CRASH_SIMULATOR_URL: simulator.url,
    CRASH_SIMULATOR_DATABASE: simulator.database.url,
    // Loading is most of what an actor costs, and this halves it.
    NODE_COMPILE_CACHE: join(tmpdir(), 'countinghouse-compile-cache'),
  });
  let stages = 0;
  return {
    system,
    actors,
    stage: () => {
      stages += 1;
      return openStage({
        id: `s${stages}`,
        owner,
        simulatorUrl: simulator.url,
        simulatorDatabase: simulator.database.url,
      });
    },
    buried: async () => {
      const text = `select from pg_stat_activity where datname = current_database() and application_name = $1`;
      while ((await owner.query(text, [ACTOR_CONNECTIONS])).rowCount) await delay(LOOK_MS);
    },
    stop: async () => {
      await actors.stop();
      await system.stop();
    },
  };
}
