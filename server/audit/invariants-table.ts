import { INVARIANTS } from './invariants.ts';

/** The table of docs/reliability.md, in Markdown. */
export function invariantsTable(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  return [
    '| # | rule | holds | kept by |',
    '|---|---|---|---|',
    ...INVARIANTS.map(({ id, rule, timing, keptBy }) => `| ${id} | ${cell(rule)} | ${timing} | ${cell(keptBy)} |`),
  ].join('\n');
}
