const DAY = 86_400;
const SETTLEMENT_BUSINESS_DAYS = 2;

/** Midnight UTC (Unix seconds) two business days after the day of `created`. */
export function settlementTime(created: number): number {
  return businessDaysAfter(created, SETTLEMENT_BUSINESS_DAYS);
}

/** Midnight UTC (Unix seconds) so many business days after the day of an instant: Saturday and Sunday do not count. */
export function businessDaysAfter(at: number, businessDays: number): number {
  let day = Math.floor(at / DAY);
  for (let counted = 0; counted < businessDays; ) {
    day += 1;
    if (!isWeekend(day)) counted += 1;
  }
  return day * DAY;
}

/** The midnight UTC after an instant, in Unix seconds. */
export function midnightAfter(at: number): number {
  return (Math.floor(at / DAY) + 1) * DAY;
}

export function isBusinessDay(at: number): boolean {
  return !isWeekend(Math.floor(at / DAY));
}

/** 1 January 1970 was a Thursday. */
function isWeekend(dayNumber: number): boolean {
  const weekday = (dayNumber + 4) % 7;
  return weekday === 0 || weekday === 6;
}
