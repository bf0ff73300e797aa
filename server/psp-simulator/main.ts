import { setTimeout as wait } from 'node:timers/promises';
import { type ServerType, serve } from '@hono/node-server';
import { createApp } from './app.ts';
import { parseSimulatorConfig, type SimulatorConfig } from './config.ts';
import { prepareDatabase } from './database/prepare-database.ts';
import { createStore } from './database/store.ts';
import { moveDueDisputes } from './disputes/due-disputes.ts';
import { openFaultDesk } from './faults/fault-desk.ts';
import { createKeys } from './http/authenticate.ts';
import { createResends } from './http/resends.ts';
import { createIdempotentCalls } from './idempotency/idempotent-calls.ts';
import { settleDueRefunds } from './refunds/settle-refunds.ts';
import { expireDueSessions } from './sessions/end-session.ts';
import type { Simulator } from './simulator.ts';
import { openEndpoints } from './webhooks/endpoints.ts';
import { startSender } from './webhooks/sender.ts';

/** Calls under way may take so long to finish after SIGTERM; then the process ends anyway. */
const DRAIN_MS = 10_000;
/** While stopping, calls are still taken for so long, and each answer ends its connection: nobody is hung up on in mid-sentence. */
const NOTICE_MS = 300;
const HANG_UP_EVERY_MS = 50;
const KEEP_ALIVE_MS = 75_000;
const HOUR_MS = 3_600_000;
const EXPIRE_EVERY_MS = 1_000;
const SETTLE_REFUNDS_EVERY_MS = 250;
const MOVE_DISPUTES_EVERY_MS = 250;

let stopping = false;

const config = parseSimulatorConfig(process.env);
await prepareDatabase(config.PSP_DATABASE_URL);
const simulator = await openSimulator(config);
const purge = setInterval(() => void simulator.idempotency.purge().catch(report), HOUR_MS);
const chores = [
  repeat(() => expireDueSessions(simulator), EXPIRE_EVERY_MS),
  repeat(() => settleDueRefunds(simulator), SETTLE_REFUNDS_EVERY_MS),
  repeat(() => moveDueDisputes(simulator), MOVE_DISPUTES_EVERY_MS),
];
const app = createApp(simulator, () => stopping);
const server = serve({ fetch: app.fetch, port: config.PSP_PORT }, ({ port }) => {
  process.stdout.write(`psp-simulator: ready on http://localhost:${port}\n`);
});
// Longer than clients keep an idle connection, so that it is they who close it and no call meets a closing one.
if ('keepAliveTimeout' in server) server.keepAliveTimeout = KEEP_ALIVE_MS;
server.on('error', (error) => {
  report(error);
  process.exit(1);
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void drain(server));

async function openSimulator(config: SimulatorConfig): Promise<Simulator> {
  const store = createStore(config.PSP_DATABASE_URL, config.PSP_DATABASE_POOL_SIZE);
  const endpoints = await openEndpoints(store, config);
  return {
    config,
    keys: createKeys(config.PSP_SECRET_KEY, config.PSP_PUBLISHABLE_KEY),
    store,
    resends: createResends(),
    idempotency: createIdempotentCalls(store),
    faults: await openFaultDesk(store, {
      seed: config.PSP_SEED,
      latencyMs: config.PSP_LATENCY_MS,
      answerLostRate: config.PSP_ANSWER_LOST_RATE,
    }),
    endpoints,
    sender: await startSender(store, endpoints, config),
  };
}

/** One pass at a time; while the database is away it says so once per pass. */
function repeat(pass: () => Promise<unknown>, everyMs: number): NodeJS.Timeout {
  let running = false;
  return setInterval(() => {
    if (running) return;
    running = true;
    void pass()
      .catch(report)
      .finally(() => {
        running = false;
      });
  }, everyMs);
}

/** Gives notice, takes no new connection, finishes the calls and sendings under way, then ends. */
async function drain(running: ServerType): Promise<void> {
  process.stdout.write('psp-simulator: stopping\n');
  stopping = true;
  setTimeout(() => process.exit(1), DRAIN_MS).unref();
  clearInterval(purge);
  for (const chore of chores) clearInterval(chore);
  await wait(NOTICE_MS);
  const closed = new Promise((resolve) => running.close(resolve));
  // A connection becomes idle only when its call is answered; clients would keep it open for long.
  const hangUp = setInterval(
    () => 'closeIdleConnections' in running && running.closeIdleConnections(),
    HANG_UP_EVERY_MS,
  );
  await simulator.sender.stop();
  await closed;
  clearInterval(hangUp);
  await simulator.store.close();
  process.exit(0);
}

function report(error: unknown): void {
  console.error(`psp-simulator: ${error instanceof Error ? error.message : String(error)}`);
}
