const DAY = 86_400;
const SETTLEMENT_BUSINESS_DAYS = 2;

/** Midnight UTC (Unix seconds) two business days after the day of `created`: Saturday and Sunday do not count. */
export function settlementTime(created: number): number {
  let day = Math.floor(created / DAY);
  for (let counted = 0; counted < SETTLEMENT_BUSINESS_DAYS; ) {
    day += 1;
    if (!isWeekend(day)) counted += 1;
  }
  return day * DAY;
}

/** 1 January 1970 was a Thursday. */
function isWeekend(dayNumber: number): boolean {
  const weekday = (dayNumber + 4) % 7;
  return weekday === 0 || weekday === 6;
}
