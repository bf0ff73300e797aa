import { type Found, isCaught } from './hunt.ts';

/** What `--json` keeps, and all that the page is made of. */
export interface HuntReport {
  readonly levels: readonly string[];
  readonly bugs: readonly { readonly id: string; readonly what: string; readonly found: readonly FoundAt[] }[];
}

/** What became of a bug at a level, and the commit whose sources it was planted in. */
export type FoundAt = Omit<Found, 'bug'> & { readonly commit: string };

/** The bugs that no level saw. */
export function missedIn({ bugs }: HuntReport): HuntReport['bugs'] {
  return bugs.filter(({ found }) => !found.some(isCaught));
}

/** Puts what was found now in place of what an earlier report says about the same bugs. */
export function renew(earlier: HuntReport, now: HuntReport, order: readonly string[]): HuntReport {
  const bugs = new Map([...earlier.bugs, ...now.bugs].map((bug) => [bug.id, bug]));
  const levels = [...new Set([...earlier.levels, ...now.levels])];
  return { levels, bugs: order.flatMap((id) => bugs.get(id) ?? []) };
}

/** A bug at a level, in a word: the seeds it took, or why it was not caught. */
export function cellOf(found: FoundAt | undefined): string {
  if (!found) return '';
  if (found.verdict === 'caught') return String(found.seeds);
  if (found.verdict === 'caught by time-out') return `${found.seeds} (time-out)`;
  return found.verdict === 'not reached' ? '–' : found.verdict;
}

/** The head and rows of bug × level. */
export function tableOf({ levels, bugs }: HuntReport): { head: string[]; rows: string[][] } {
  const at = (found: readonly FoundAt[], level: string) => cellOf(found.find((one) => one.level === level));
  return {
    head: ['bug', ...levels],
    rows: bugs.map(({ id, found }) => [id, ...levels.map((level) => at(found, level))]),
  };
}

/** docs/planted-bugs.md, from the report alone. */
export function pageOf(report: HuntReport): string {
  const { head, rows } = tableOf(report);
  const missed = missedIn(report);
  const commits = [...new Set(report.bugs.flatMap(({ found }) => found.map((one) => one.commit)))];
  const seconds = report.bugs
    .flatMap(({ found }) => found.map((one) => one.seconds))
    .reduce((sum, one) => sum + one, 0);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return `# Planted bugs
Made by \`npm run planted-bugs -- --json docs/reliability/planted-bugs.json --markdown docs/planted-bugs.md\`; [reliability](reliability.md#planted-bugs)
says how. ${report.bugs.length} bugs were planted, one at a time, and ${report.bugs.length - missed.length} were caught, in ${Math.round(seconds / 60)} minutes of runs on the sources of ${commits.join(', ')}.

A number is how many seeds it took. Empty: the level is not aimed at it, or one before had caught it. –: the level never loads it. missed: it ran and
saw nothing.

${[line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')}

What each one is, and what saw it first:

| bug | what is wrong | seen by |
|---|---|---|
${report.bugs.map(({ id, what, found }) => line([id, what, seenBy(found)].map(escaped))).join('\n')}
`;
}

const SHOWN = 160;

function seenBy(found: readonly FoundAt[]): string {
  const first = found.find(isCaught);
  return first ? `${first.level}: ${first.detail.slice(0, SHOWN) || first.verdict}` : 'nobody';
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replace(/\s+/g, ' ').trim();
}
