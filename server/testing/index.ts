export { type Child as TestProcess, startChild as startProcess } from '../../scripts/supervisor/child.ts';
export { freePort } from '../../scripts/supervisor/ports.ts';
export { openBalancer } from './balancer.ts';
export { type Load, type LoadAnswer, type LoadRequest, send, startLoad } from './load.ts';
export { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
export { openOwnerPool } from './owner-pool.ts';
export { earn, openBank, openPayableSeller, owe, releaseEarnings } from './payable-sellers.ts';
export {
  findProblems,
  makeDue,
  type PaymentSystem,
  samplePayment,
  startPaymentSystem,
} from './payment-system.ts';
export { type PgLine, startPgLine } from './pg-line.ts';
export {
  createEmptyDatabase,
  createTestDatabase,
  type MigratedDatabase,
  startTestPostgres,
  type TestDatabase,
} from './postgres.ts';
export { type JournalCharge, type JournalRefund, openPspDesk, type PspDesk, type PspReply } from './psp-desk.ts';
export { startSimulator, type TestSimulator } from './simulator.ts';
export { signWebhook, webhookEvent, webhookIntent } from './webhook-event.ts';
export { startWire, type Wire, type WireAnswer, type WireCall, type WireRule } from './wire.ts';
