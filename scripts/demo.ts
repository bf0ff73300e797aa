import { parseArgs } from 'node:util';
import { config } from '#config';
import { balanceBooks, recordLedger, updateWallets } from './demo/books.ts';
import { connect, isReady } from './demo/client.ts';
import { answerDisputes, refundPart } from './demo/give-back.ts';
import { createPaymentEvent, executePayments } from './demo/pay.ts';
import { payOut } from './demo/pay-out.ts';
import { repeatRequests, retryPayments } from './demo/repeat.ts';
import { createReport } from './demo/report.ts';
import { newRun } from './demo/run.ts';
import { settle } from './demo/settle.ts';
import { startSystem } from './supervisor/system.ts';

/**
 * The demo: eleven steps against the running system, through its public API only (the provider's clock apart). Every figure it prints was
 * answered by the system, every claim is checked, and the exit code says whether all of them hold. Starts the system if it is not running.
 */
const { values } = parseArgs({ options: { url: { type: 'string' } } });
const url = values.url ?? config().PUBLIC_URL;
const report = createReport();

const running = await isReady(url);
if (!running && values.url) throw new Error(`Nothing that is ready answers at ${url}.`);
if (!running) report.say('Nothing is running yet: starting the system for the demo.');
const system = running ? undefined : await startSystem({ env: process.env, say: report.say });
try {
  const run = newRun(connect(url, config().DEMO_API_KEY), report);
  await createPaymentEvent(run);
  await executePayments(run);
  await updateWallets(run);
  await recordLedger(run);
  await balanceBooks(run);
  await repeatRequests(run);
  await retryPayments(run);
  await settle(run);
  await refundPart(run);
  await answerDisputes(run);
  await payOut(run);
} finally {
  await system?.stop();
}
process.exit(report.end());
