/** How often a seller is paid without asking. */
export const SCHEDULES = ['manual', 'daily', 'weekly', 'monthly'] as const;

/** `onDay`: of the week (Monday is 1) or of the month; the 31st is the last day of a shorter month. */
export type PayoutSchedule =
  | { readonly every: 'manual' | 'daily'; readonly onDay: null }
  | { readonly every: 'weekly' | 'monthly'; readonly onDay: number };

const DAY_MS = 24 * 60 * 60 * 1_000;

/** The next day of the schedule after a day, both as YYYY-MM-DD in UTC; null when nothing is planned. Pure. */
export function nextPayoutDay(schedule: PayoutSchedule, after: string): string | null {
  const tomorrow = new Date(Date.parse(after) + DAY_MS);
  if (schedule.onDay === null) return schedule.every === 'daily' ? dayOf(tomorrow) : null;
  const { every, onDay } = schedule;
  if (every === 'weekly') return dayOf(new Date(tomorrow.getTime() + ((onDay - weekday(tomorrow) + 7) % 7) * DAY_MS));
  const [year, month] = [tomorrow.getUTCFullYear(), tomorrow.getUTCMonth()];
  const thisMonth = inMonth(year, month, onDay);
  return dayOf(thisMonth >= tomorrow ? thisMonth : inMonth(year, month + 1, onDay));
}

function inMonth(year: number, month: number, day: number): Date {
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month, Math.min(day, lastDay)));
}

/** Monday is 1, Sunday 7. */
function weekday(date: Date): number {
  return date.getUTCDay() || 7;
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
