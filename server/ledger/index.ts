export { Book, type PostingVerdict } from './book.ts';
export { type AccountKind, type AccountRef, accountCode, type BalanceRule, CHART, PLATFORM } from './chart.ts';
export {
  type AccountView,
  type EntryFilter,
  type EntryPage,
  type EntryView,
  findAccounts,
  findAccountsAt,
  listEntries,
  listTransactionsOf,
  type TransactionView,
} from './ledger.queries.ts';
export {
  createPostingDoor,
  MAX_BATCH_ENTRIES,
  MAX_BATCH_TRANSACTIONS,
  MAX_QUEUE,
  type PostingDoor,
  postBatch,
  postingDoor,
} from './posting-door.ts';
export {
  createPosting,
  type Leg,
  lateCaptureHeld,
  lateRefundAccepted,
  lateRefundFailed,
  orderCaptured,
  type Posting,
  type TransactionKind,
} from './postings.ts';
export { runBatch } from './run-batch.ts';
export {
  BROKEN_SEAL_CHAIN,
  BROKEN_SEALS,
  brokenNewestSeals,
  listSeals,
  type Seal,
  type SealOptions,
  sealLedger,
} from './seals.ts';
export { fundsAvailable, pspSettled } from './settlement-postings.ts';
export { type TrialBalance, type TrialBalanceCurrency, type TrialBalanceLine, trialBalance } from './trial-balance.ts';
export { type BookWork, workInBook } from './work-in-book.ts';
