export { closeException } from './close-exception.ts';
export { reconcileDay } from './reconcile-day.ts';
export { reconcileDue } from './reconcile-due.ts';
export type { DayReport } from './report-day.ts';
