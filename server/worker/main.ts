import { setTimeout as delay } from 'node:timers/promises';
import { completeAbandonedRequests } from '#api';
import { checkCoherence } from '#audit';
import { config } from '#config';
import { purgeIdempotencyKeys } from '#idempotency';
import { startJobs } from '#jobs';
import { sealLedger } from '#ledger';
import { log } from '#observability';
import { ATTEMPTS_CHANNEL, drainPayments } from '#payments';
import { psp, reportPspHealth } from '#psp';
import { openRefunds, submitRefunds } from '#refunds';
import { completeAbandonedMutations } from '#trpc';
import { handleInbox, INBOX_CHANNEL } from '#webhooks';
import { listen } from './listen.ts';
import { lookAtDue } from './look-at-due.ts';
import { startLoop } from './loop.ts';
import { serveMetrics } from './serve-metrics.ts';

/** Most webhooks handled in one transaction. */
const INBOX_BATCH = 200;
/** Most refunds opened in one transaction, and most sent or asked about at once. */
const REFUND_BATCH = 20;
/** How often refunds that are due are looked for, in milliseconds: money that came too late waits no longer than that. */
const REFUND_IDLE_MS = 500;
/** How often the inbox is looked at even if no notification came, in milliseconds. */
const INBOX_IDLE_MS = 1_000;
/** Pause between two rounds over the inbox under load, in milliseconds: nobody waits for a webhook to the millisecond. */
const INBOX_BREATH_MS = 20;
/** How often attempts that are due are looked for, in milliseconds. */
const RESOLVE_IDLE_MS = 250;
/** Most abandoned requests of each door brought to their end at once, and how often they are looked for, in milliseconds. */
const ABANDONED_BATCH = 20;
const ABANDONED_IDLE_MS = 1_000;
/** How often it is written down what this process sees of the provider, in milliseconds. */
const REPORT_IDLE_MS = 5_000;
/** After this a stop no longer waits, in milliseconds. */
const STOP_DEADLINE_MS = 10_000;

const worker = log().child({ process: 'worker' });
const onError = (error: unknown) => worker.error({ err: error }, 'will be tried again');

const inbox = startLoop({
  run: () => handleInbox(INBOX_BATCH),
  idleMs: INBOX_IDLE_MS,
  breathMs: INBOX_BREATH_MS,
  onError,
});
const due = lookAtDue(onError);
const attempts = startLoop({ run: due.run, idleMs: RESOLVE_IDLE_MS, onError });
const refunds = [openRefunds, submitRefunds].map((work) =>
  startLoop({ run: () => work(REFUND_BATCH), idleMs: REFUND_IDLE_MS, onError }),
);
const abandoned = startLoop({
  run: async () =>
    (await completeAbandonedRequests(ABANDONED_BATCH)) + (await completeAbandonedMutations(ABANDONED_BATCH)),
  idleMs: ABANDONED_IDLE_MS,
  onError,
});
const health = startLoop({ run: reportHealth, idleMs: REPORT_IDLE_MS, onError });
const bells = [listen(INBOX_CHANNEL, inbox.wake), listen(ATTEMPTS_CHANNEL, attempts.wake)];
const jobs = await startJobs(
  {
    'purge-idempotency-keys': { cron: '17 * * * *', run: purgeIdempotencyKeys },
    'seal-ledger': { cron: '*/5 * * * *', atStart: true, run: seal },
    'check-coherence': { cron: '* * * * *', atStart: true, run: checkCoherence },
    'audit-books': { cron: '30 2 * * *', run: () => checkCoherence({ inFull: true }) },
  },
  onError,
);
const metricsServer = serveMetrics(config().METRICS_PORT);
worker.info({ port: config().METRICS_PORT }, 'worker is ready');

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));

/** Takes nothing new, ends what is under way, and leaves; what does not end in time is picked up by the next worker. */
async function stop(signal: string): Promise<void> {
  worker.info({ signal }, 'stopping');
  const drained = Promise.allSettled([
    inbox.stop(),
    attempts.stop().then(due.ended),
    ...refunds.map((loop) => loop.stop()),
    abandoned.stop(),
    health.stop(),
    ...bells.map((bell) => bell.stop()),
    jobs.stop(),
    drainPayments(),
    metricsServer.stop(),
  ]);
  await Promise.race([drained, delay(STOP_DEADLINE_MS)]);
  process.exit(0);
}

/** The hashes stand in the log too: a copy out of reach of whoever could forge the seals in the database. */
async function seal(): Promise<void> {
  for (const { number, sealedThrough, hash } of await sealLedger())
    worker.info({ number: String(number), through: sealedThrough, hash }, 'sealed the ledger');
}

async function reportHealth(): Promise<number> {
  await reportPspHealth('worker', psp().health());
  return 0;
}
