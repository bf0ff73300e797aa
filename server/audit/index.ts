export { type AuditVerdict, auditBooks } from './audit-books.ts';
export { INVARIANTS, type Invariant } from './invariants.ts';
