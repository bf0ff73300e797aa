export { type AuditOptions, type AuditVerdict, auditBooks } from './audit-books.ts';
export { type AlertView, type BooksHealth, booksHealth, type CheckView, openAlerts } from './books-health.queries.ts';
export { type CoherenceOptions, checkCoherence } from './check-coherence.ts';
export { INVARIANTS, type Invariant } from './invariants.ts';
export { invariantsTable } from './invariants-table.ts';
export { detailOf } from './record-run.ts';
