import type { Evidence } from '../evidence.ts';
import type { LineRow } from '../money-books.ts';
import type { ProviderLine } from '../provider-books.ts';

/**
 * Line by line: every balance transaction of the provider is in our books once, as it is there, and booked or told to a person; none
 * of ours is without one; and what stands at the provider is what the ledger says.
 */
export function linesAgree({ books, provider, settled }: Pick<Evidence, 'books' | 'provider' | 'settled'>): string[] {
  if (!settled) return [];
  const theirs = new Map(provider.lines.map((line) => [line.id, line]));
  const ours = Map.groupBy(books.lines, (line) => line.id);
  return [
    ...provider.lines.flatMap((line) => differences(line, ours.get(line.id) ?? [])),
    ...books.lines.flatMap(({ id, type }) => (theirs.has(id) ? [] : [`${type} ${id} is in our books alone`])),
    ...books.lines.flatMap(({ id, type, state, told }) =>
      state === 'booked' || told ? [] : [`${type} ${id} is ${state}, and nobody was told`],
    ),
    ...balancesAgree({ books, provider }),
  ];
}

function differences(line: ProviderLine, ours: readonly LineRow[]): string[] {
  if (ours.length !== 1) return [`${line.type} ${line.id} of the provider is ${ours.length} times in our books`];
  const [kept, told] = [wordsOf(ours[0] as LineRow), wordsOf(line)];
  return kept === told ? [] : [`${line.id} is ${told} at the provider and ${kept} in our books`];
}

function wordsOf({ type, source, amount, fee, net, currency, available_on: on }: LineRow | ProviderLine): string {
  return `${type} of ${source}: ${amount} less ${fee} is ${net} ${currency}, available ${on}`;
}

/** What the ledger says stands at the provider, and what is not booked there yet because a person decides, is the provider's balance. */
function balancesAgree({ books, provider }: Pick<Evidence, 'books' | 'provider'>): string[] {
  const open = books.lines.filter((line) => line.state !== 'booked' && line.state !== 'suspense');
  const currencies = new Set([...books.clearing, ...provider.balance].map((one) => one.currency));
  return [...currencies].flatMap((currency) => {
    const sum = (rows: readonly { currency: string; amount: string }[]) =>
      rows.reduce((total, row) => total + (row.currency === currency ? BigInt(row.amount) : 0n), 0n);
    const ours = sum(books.clearing) + sum(open.map(({ net, ...line }) => ({ ...line, amount: net })));
    const theirs = sum(provider.balance);
    return ours === theirs ? [] : [`the provider has ${theirs} ${currency} of ours, and our books say ${ours}`];
  });
}
