import { completeAbandonedRequests } from '#api';
import { checkCoherence } from '#audit';
import { config } from '#config';
import { checkDatabase, followDatabaseTime } from '#db';
import { askDisputes, pollDisputes, sendResponses, warnOfDeadlines } from '#disputes';
import { purgeIdempotencyKeys } from '#idempotency';
import { startJobs } from '#jobs';
import { sealLedger } from '#ledger';
import { log } from '#observability';
import { AFTER_OUTAGE_MS, ATTEMPTS_CHANNEL, drainPayments, lookAfterOutage } from '#payments';
import { payOutScheduled, recallPayouts, submitPayouts } from '#payouts';
import { psp, reportPspHealth } from '#psp';
import { reconcileDue } from '#reconciliation';
import { fundRefunds, openRefunds, submitRefunds } from '#refunds';
import { endOnDefect, openOperationsDoor, type ProcessHealth, stopOnSignal, stopping } from '#runtime';
import { bookTransactions, readFeed, releaseFunds } from '#settlement';
import { completeAbandonedMutations } from '#trpc';
import { handleInbox, INBOX_CHANNEL } from '#webhooks';
import { listen } from './listen.ts';
import { lookAtDue } from './look-at-due.ts';
import { type Loop, startLoop } from './loop.ts';
import { showBacklog } from './show-backlog.ts';

/** Most webhooks handled in one transaction. */
const INBOX_BATCH = 200;
/** Most refunds opened in one transaction, and most sent or asked about at once. */
const REFUND_BATCH = 20;
/** How often refunds that are due are looked for, in milliseconds: money that came too late waits no longer than that. */
const REFUND_IDLE_MS = 500;
/** Most balance transactions booked, and most orders made available, in one transaction. */
const SETTLEMENT_BATCH = 100;
/** How often the provider's balance transactions, and what is due of them, are looked for, in milliseconds. */
const SETTLEMENT_IDLE_MS = 1_000;
/** Most payouts requested, sent or brought back in one round, and how often each is looked for, in milliseconds: nobody waits for one. */
const PAYOUT_BATCH = 20;
const PAYOUT_IDLE_MS = 1_000;
/** Most disputes asked about, and most responses sent at once, and how often they are looked for, in milliseconds. */
const DISPUTE_BATCH = 20;
const DISPUTE_IDLE_MS = 1_000;
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
/** A loop that has ended no round well for so long, in milliseconds, does not work: a round may wait for the provider, not longer. */
const LONGEST_SILENCE_MS = 60_000;

const worker = log().child({ process: 'worker' });
const onError = (error: unknown) => worker.error({ err: error }, 'will be tried again');

endOnDefect();
const time = await followDatabaseTime();
const inbox = startLoop({
  run: () => handleInbox(INBOX_BATCH),
  idleMs: INBOX_IDLE_MS,
  breathMs: INBOX_BREATH_MS,
  onError,
});
const due = lookAtDue(onError);
const attempts = startLoop({ run: due.run, idleMs: RESOLVE_IDLE_MS, onError });
const returning = startLoop({ run: lookAfterOutage, idleMs: AFTER_OUTAGE_MS, breathMs: AFTER_OUTAGE_MS, onError });
const [opening, funding, submitting] = [openRefunds, fundRefunds, submitRefunds].map((work) =>
  startLoop({ run: () => work(REFUND_BATCH), idleMs: REFUND_IDLE_MS, onError }),
) as [Loop, Loop, Loop];
const [asking, responding] = [askDisputes, sendResponses].map((work) =>
  startLoop({ run: () => work(DISPUTE_BATCH), idleMs: DISPUTE_IDLE_MS, onError }),
) as [Loop, Loop];
const [reading, booking, releasing] = [
  readFeed,
  () => bookTransactions(SETTLEMENT_BATCH),
  () => releaseFunds(SETTLEMENT_BATCH),
].map((run) => startLoop({ run, idleMs: SETTLEMENT_IDLE_MS, onError })) as [Loop, Loop, Loop];
const [paying, recalling, scheduling] = [submitPayouts, recallPayouts, payOutScheduled].map((work) =>
  startLoop({ run: () => work(PAYOUT_BATCH), idleMs: PAYOUT_IDLE_MS, onError }),
) as [Loop, Loop, Loop];
const abandoned = startLoop({
  run: async () =>
    (await completeAbandonedRequests(ABANDONED_BATCH)) + (await completeAbandonedMutations(ABANDONED_BATCH)),
  idleMs: ABANDONED_IDLE_MS,
  onError,
});
const reporting = startLoop({ run: reportHealth, idleMs: REPORT_IDLE_MS, onError });
const loops = {
  ...{ inbox, attempts, returning, opening, funding, submitting, abandoned, reporting },
  ...{ asking, responding },
  ...{ reading, booking, releasing },
  ...{ paying, recalling, scheduling },
};
const bells = [listen(INBOX_CHANNEL, inbox.wake), listen(ATTEMPTS_CHANNEL, attempts.wake)];
const jobs = await startJobs(
  {
    'purge-idempotency-keys': { cron: '17 * * * *', run: purgeIdempotencyKeys },
    'seal-ledger': { cron: '*/5 * * * *', atStart: true, run: seal },
    'check-coherence': { cron: '* * * * *', atStart: true, run: checkCoherence },
    'poll-disputes': { cron: '*/5 * * * *', atStart: true, run: pollDisputes },
    'warn-of-deadlines': { cron: '*/10 * * * *', atStart: true, run: warnOfDeadlines },
    reconcile: { cron: '50 2 * * *', run: reconcileDue },
    'audit-books': { cron: '30 2 * * *', run: () => checkCoherence({ inFull: true }) },
  },
  onError,
);
showBacklog();
const operations = await openOperationsDoor(config().METRICS_PORT, health);
worker.info({ port: config().METRICS_PORT }, 'worker is ready');

/** Takes nothing new, ends what is under way, and leaves; what does not end in time is picked up by the next worker. */
stopOnSignal(() =>
  Promise.allSettled([
    ...Object.values(loops).map((loop) => loop.stop()),
    attempts.stop().then(due.ended),
    ...bells.map((bell) => bell.stop()),
    jobs.stop(),
    drainPayments(),
    operations.stop(),
    time.stop(),
  ]),
);

/** Whether work gets done: nobody asked to stop, every loop ended a round lately, and the database answers. */
async function health(): Promise<ProcessHealth> {
  const silent = Object.entries(loops).filter(([, loop]) => loop.silence() > LONGEST_SILENCE_MS);
  const database = await checkDatabase();
  const ready = !stopping().aborted && silent.length === 0 && database.status === 'pass';
  const checks = { stopping: stopping().aborted, silentLoops: silent.map(([name]) => name), database };
  return { ready, body: { status: ready ? 'pass' : 'fail', checks } };
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
