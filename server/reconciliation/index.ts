export { closeException } from './close-exception.ts';
export { describeAccount } from './describe-account.ts';
export { DIFFERENCE_TYPES, type DifferenceType } from './difference-types.ts';
export { type ExplainedAccount, explainClearing, type OpenItem } from './open-items.ts';
export { reconcileDay } from './reconcile-day.ts';
export { reconcileDue } from './reconcile-due.ts';
export {
  countDifferences,
  type Difference,
  listDays,
  listDifferences,
  type ReconciledDay,
  type SideOfDay,
} from './reconciliation.queries.ts';
export type { DayReport } from './report-day.ts';
