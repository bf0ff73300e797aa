export { closeException } from './close-exception.ts';
export { DIFFERENCE_TYPES } from './difference-types.ts';
export { reconcileDay } from './reconcile-day.ts';
export { reconcileDue } from './reconcile-due.ts';
export type { DayReport } from './report-day.ts';
