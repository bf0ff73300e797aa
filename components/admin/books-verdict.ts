import type { RouterOutputs } from '#trpc';
import { count, durationBetween } from '../console/duration.ts';

type Health = RouterOutputs['admin']['books']['health'];

export interface BooksVerdict {
  readonly tone: 'positive' | 'caution' | 'negative' | 'unknown';
  readonly title: string;
  readonly words: string;
}

/** The worker checks every minute, and rests twenty times as long as a check took: older than both means that nobody checks. */
const STALE_AFTER_MS = 3 * 60_000;
const STALE_AFTER_RUNS = 40;

/** What the page says before any table. Pure. */
export function judgeBooks({ asOf, checks, lastCheck, openAlerts }: Health): BooksVerdict {
  if (openAlerts.length > 0) {
    return {
      tone: 'negative',
      title: openAlerts.length === 1 ? 'An alert is open' : `${count(openAlerts.length, 'alert')} are open`,
      words: 'An alert of an invariant closes by itself once the invariant holds again.',
    };
  }
  if (!lastCheck) {
    return {
      tone: 'unknown',
      title: 'Nothing is checked yet',
      words: 'The worker checks when it starts and every minute from then on.',
    };
  }
  const age = asOf.getTime() - lastCheck.at.getTime();
  if (age > Math.max(STALE_AFTER_MS, STALE_AFTER_RUNS * lastCheck.milliseconds)) {
    return {
      tone: 'caution',
      title: 'Nobody is checking',
      words: `The last check is ${durationBetween(lastCheck.at, asOf)} old. What follows was true then; see whether the worker runs.`,
    };
  }
  const held = checks.filter(({ verdict }) => verdict === 'holds').length;
  const skipped = checks.length - held;
  return {
    tone: 'positive',
    title: skipped === 0 ? `All ${count(held, 'invariant')} hold` : `${count(held, 'invariant')} hold`,
    words:
      skipped === 0 ? 'All on one snapshot, whatever went on meanwhile.' : `${skipped} had nothing to look at so far.`,
  };
}
