/** Schema that pg-boss keeps its tables in. */
export const JOBS_SCHEMA = 'pgboss';

/** Work that runs by the clock. Payments in need of a retry are not here: their attempt rows are their own schedule. */
export const JOB_NAMES = [
  'purge-idempotency-keys',
  'seal-ledger',
  'check-coherence',
  'audit-books',
  'poll-disputes',
  'warn-of-deadlines',
  'reconcile',
] as const;

export type JobName = (typeof JOB_NAMES)[number];
