import { cn } from '../ui/cn.ts';

const DAY_AND_TIME = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: '2-digit',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const FULL = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

export interface TimeProps {
  readonly value: Date;
  /** With the year, the seconds and the zone; otherwise day and minute, and the rest in the title. */
  readonly full?: boolean;
  readonly className?: string;
}

/** A moment in UTC, so that two people who talk about it read the same. */
export function Time({ value, full = false, className }: TimeProps) {
  const exact = `${FULL.format(value)} UTC`;
  return (
    <time dateTime={value.toISOString()} title={exact} className={cn('tabular whitespace-nowrap', className)}>
      {full ? exact : DAY_AND_TIME.format(value)}
    </time>
  );
}
