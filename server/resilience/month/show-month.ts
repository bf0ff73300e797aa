import { describeAccount } from '#reconciliation';
import type { MonthReport } from './play-month.ts';

/** Items shown of one account. */
const SHOWN = 8;

/** What a month came to, in lines: what happened, every clearing account with its open items, and the differences. */
export function linesOf({ accounts, differences, sometimes }: MonthReport): string[] {
  const { closedByMatch, closedByPerson, unexplained } = differences;
  return [
    ...Object.entries(sometimes).map(([what, times]) => `${String(times).padStart(7)}  ${what}`),
    ...accounts.flatMap((account) => describeAccount(account, SHOWN)),
    `Differences with files: ${closedByMatch} closed by a later file, ${closedByPerson} by a person, ${unexplained.length} unexplained.`,
  ];
}
