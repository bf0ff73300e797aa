import { formatMinor } from '#kernel';
import type { ExplainedAccount } from './open-items.ts';

/** An account and its largest open items in lines of text, amounts in the first column. */
export function describeAccount(
  { code, currency, balanceMinor, items, unexplainedMinor }: ExplainedAccount,
  mostItems: number,
): string[] {
  const money = (minor: bigint) => formatMinor(minor, currency).padStart(14);
  const verdict = unexplainedMinor === 0n ? '' : `, UNEXPLAINED ${formatMinor(unexplainedMinor, currency)}`;
  const rest = items.slice(mostItems);
  return [
    `${money(balanceMinor)}  ${code} = ${items.length} open ${items.length === 1 ? 'item' : 'items'}${verdict}`,
    ...items.slice(0, mostItems).map((item) => `${money(item.amountMinor)}    ${item.subject}: ${item.why}`),
    ...(rest.length > 0
      ? [`${money(rest.reduce((sum, one) => sum + one.amountMinor, 0n))}    … ${rest.length} more`]
      : []),
  ];
}
