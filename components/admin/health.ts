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

/**
 * Each process has a breaker of its own, which knows its own calls only. One that is shut off tells at once; one that waits to try
 * again may just have had nothing to call, so a process that is answered knows better.
 */
function judgeProvider(reports: Overview['provider'], asOf: Date): Health {
  const seen = (breaker: Overview['provider'][number]['breaker']) => reports.filter((one) => one.breaker === breaker);
  const [open, closed, halfOpen] = [seen('open'), seen('closed'), seen('half-open')];
  const troubled = open[0] ?? (closed.length === 0 ? halfOpen[0] : undefined);
  const health = { title: 'Provider', href: '/admin/payments?status=processing' };
  if (!troubled) {
    const roles = new Set(closed.map((report) => `the ${roleOf(report)}`));
    return {
      ...health,
      level: 'good',
      figure: 'Answering',
      words: `As seen by ${new Intl.ListFormat('en').format(roles)}.`,
    };
  }
  return {
    ...health,
    ...(troubled.breaker === 'open'
      ? { level: 'bad', figure: 'Not answering' }
      : { level: 'watch', figure: 'Being tried' }),
    words: `The ${roleOf(troubled)} has stopped calling it for ${durationBetween(troubled.since, asOf)}; payments are taken and wait.`,
  };
}

/** `worker@host:pid` → `worker` */
function roleOf(report: Overview['provider'][number]): string {
  return report.process.split('@')[0] ?? report.process;
}

function booksWords(currencies: number): string {
  if (currencies === 0) return 'Nothing is booked yet.';
  return `Δ 0 in ${currencies === 1 ? 'the one currency' : `all ${currencies} currencies`} booked.`;
}
