import { formatMinor } from '#kernel';
import type { ExplainedAccount } from '#reconciliation';
import type { MonthReport } from './play-month.ts';

/** Items shown of one account. */
const SHOWN = 8;

/** What a month came to, in lines: what happened, every clearing account with its open items, and the differences. */
export function linesOf({ accounts, differences, sometimes }: MonthReport): string[] {
  return [
    ...Object.entries(sometimes).map(([what, times]) => `  ${String(times).padStart(5)}  ${what}`),
    ...accounts.flatMap(linesOfAccount),
    `Differences with the provider's and the bank's files: ${differences.closedByMatch} closed by a later file, ${differences.closedByPerson} closed by a person, ${differences.unexplained.length} unexplained.`,
  ];
}

function linesOfAccount({ code, currency, balanceMinor, items, unexplainedMinor }: ExplainedAccount): string[] {
  const money = (minor: bigint) => formatMinor(minor, currency).padStart(12);
  const verdict = unexplainedMinor === 0n ? '' : `, UNEXPLAINED ${formatMinor(unexplainedMinor, currency)}`;
  const count = items.length === 1 ? '1 open item' : `${items.length} open items`;
  const rest = items.slice(SHOWN);
  return [
    `${money(balanceMinor)}  ${code} = ${count}${verdict}`,
    ...items.slice(0, SHOWN).map((item) => `${money(item.amountMinor)}    ${item.subject}: ${item.why}`),
    ...(rest.length > 0
      ? [`${money(rest.reduce((sum, one) => sum + one.amountMinor, 0n))}    … ${rest.length} more`]
      : []),
  ];
}
