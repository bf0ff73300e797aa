const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** How long ago, in the largest whole unit: "12 seconds", "1 minute", "3 days". */
export function durationBetween(from: Date, to: Date): string {
  const seconds = Math.max(Math.round((to.getTime() - from.getTime()) / 1_000), 0);
  for (const [unit, size] of UNITS) if (seconds >= size) return count(Math.floor(seconds / size), unit);
  return count(seconds, 'second');
}

/** "1 order", "2 orders". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
