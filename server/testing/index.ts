export { type Child as TestProcess, startChild as startProcess } from '../../scripts/supervisor/child.ts';
export { freePort } from '../../scripts/supervisor/ports.ts';
export {
  findProblems,
  makeDue,
  type PaymentSystem,
  samplePayment,
  startPaymentSystem,
} from './payment-system.ts';
export {
  createEmptyDatabase,
  createTestDatabase,
  type MigratedDatabase,
  startTestPostgres,
  type TestDatabase,
} from './postgres.ts';
export { type JournalCharge, type JournalRefund, openPspDesk, type PspDesk, type PspReply } from './psp-desk.ts';
export { startSimulator, type TestSimulator } from './simulator.ts';
export { startWire, type Wire, type WireAnswer, type WireCall, type WireRule } from './wire.ts';
