import type { RouterOutputs } from '#trpc';
import { durationBetween } from '../console/duration.ts';
import { humanize } from '../console/words.ts';

export type Level = 'good' | 'watch' | 'bad';

/** One tile of the overview: a figure, what it means in words, and where its lines are. */
export interface Health {
  readonly title: string;
  readonly level: Level;
  readonly figure: string;
  readonly words: string;
  readonly href: string;
}

type Overview = RouterOutputs['admin']['overview'];

/** An outcome is asked for again for half a minute; unknown for longer than this, somebody should look. */
const UNKNOWN_BAD_SECONDS = 10 * 60;
/** The inbox is handled as it comes in: a webhook that waits longer than this means that nobody takes it. */
const WEBHOOK_WATCH_SECONDS = 30;
const WEBHOOK_BAD_SECONDS = 5 * 60;

/** Judges the figures of the overview. Pure: what it says depends on nothing but them. */
export function judge({ asOf, books, unknown, inbox, provider, deadLetters }: Overview): Health[] {
  const age = (since: Date | null) => (since ? (asOf.getTime() - since.getTime()) / 1_000 : 0);
  const off = books.currencies.filter((one) => Number(one.difference) !== 0);
  return [
    {
      title: 'Books',
      level: books.balanced ? 'good' : 'bad',
      figure: books.balanced ? 'Balanced' : 'Not balanced',
      words: books.balanced
        ? booksWords(books.currencies.length)
        : `Debits and credits differ: ${off.map((one) => `Δ ${one.difference} ${one.currency}`).join(', ')}. Stop and find out why.`,
      href: '/admin/ledger',
    },
    {
      title: 'Unknown',
      level: unknown.count === 0 ? 'good' : age(unknown.oldestAt) > UNKNOWN_BAD_SECONDS ? 'bad' : 'watch',
      figure: String(unknown.count),
      words: unknown.oldestAt
        ? `Nobody knows yet whether money was taken; the oldest for ${durationBetween(unknown.oldestAt, asOf)}.`
        : 'The provider has answered for every payment.',
      href: '/admin/payments?status=unknown',
    },
    {
      title: 'Webhooks',
      level:
        age(inbox.oldestAt) > WEBHOOK_BAD_SECONDS
          ? 'bad'
          : age(inbox.oldestAt) > WEBHOOK_WATCH_SECONDS
            ? 'watch'
            : 'good',
      figure: String(inbox.waiting),
      words: inbox.oldestAt
        ? `The oldest waits to be handled for ${durationBetween(inbox.oldestAt, asOf)}.`
        : 'Every webhook received is handled.',
      href: '/admin/payments?status=processing',
    },
    judgeProvider(provider, asOf),
    {
      title: 'Dead letters',
      level: deadLetters.count === 0 ? 'good' : 'bad',
      figure: String(deadLetters.count),
      words: deadLetters.newestCause
        ? `Waiting for a person; the newest: ${humanize(deadLetters.newestCause)}.`
        : 'Nothing has given up.',
      href: '/admin/dead-letters',
    },
  ];
}

const BREAKERS: Record<Overview['provider'][number]['breaker'], Pick<Health, 'level' | 'figure'>> = {
  closed: { level: 'good', figure: 'Answering' },
  'half-open': { level: 'watch', figure: 'Being tried' },
  open: { level: 'bad', figure: 'Not answering' },
};

/** Each process has a breaker of its own, which knows its own calls only: the worst one counts, and is named. */
function judgeProvider(reports: Overview['provider'], asOf: Date): Health {
  const roleOf = (report: Overview['provider'][number]) => report.process.split('@')[0] ?? report.process;
  const worst = (['open', 'half-open'] as const).flatMap((breaker) => reports.filter((one) => one.breaker === breaker));
  const [first] = worst;
  return {
    title: 'Provider',
    ...BREAKERS[first?.breaker ?? 'closed'],
    words: first
      ? `The ${roleOf(first)} has stopped calling it for ${durationBetween(first.since, asOf)}; payments are taken and wait.`
      : `As seen by ${new Intl.ListFormat('en').format(new Set(reports.map((report) => `the ${roleOf(report)}`)))}.`,
    href: '/admin/payments?status=processing',
  };
}

function booksWords(currencies: number): string {
  if (currencies === 0) return 'Nothing is booked yet.';
  return `Δ 0 in ${currencies === 1 ? 'the one currency' : `all ${currencies} currencies`} booked.`;
}
