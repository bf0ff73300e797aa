import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitOf } from '../kit/report.ts';
import type { RunResult } from './run-once.ts';

/**
 * Puts all that is needed to understand a failed run beside its history and logs: the plan, both sides' books row by row, what was
 * violated, and the command that runs it again.
 */
export function writeBundle(
  folder: string,
  { evidence, violations, tally, sometimes }: RunResult,
  command: string,
): void {
  const { plan, books, journal, refundJournal, provider, providerAudit } = evidence;
  const write = (name: string, content: unknown) =>
    writeFileSync(join(folder, name), typeof content === 'string' ? content : `${JSON.stringify(content, null, 1)}\n`);
  write('plan.json', plan);
  write('journal.json', { charges: journal, refunds: refundJournal, audit: providerAudit, books: provider });
  for (const [table, rows] of Object.entries(books))
    write(`${table}.jsonl`, rows.map((row: unknown) => `${JSON.stringify(row)}\n`).join(''));
  write('verdict.json', { violations, faults: tally.faults, kills: tally.kills, sometimes });
  write('README.txt', `Commit ${commitOf()}. Run again with:\n  ${command}\n`);
}
