import { createLoader, createSerializer, parseAsString, parseAsStringLiteral } from 'nuqs/server';
import { CURRENCIES, type CurrencyCode } from '#kernel';

export type Part = 'available' | 'pending' | 'inPayout' | 'reserved';

/** The parts of a wallet in the words of its owner. */
export const PART_WORDS: Record<Part, { readonly name: string; readonly meaning: string }> = {
  available: { name: 'Available', meaning: 'Can be paid out' },
  pending: { name: 'Pending', meaning: 'Earned, not yet available' },
  inPayout: { name: 'In payout', meaning: 'On its way to your bank' },
  reserved: { name: 'Reserved', meaning: 'Held for open disputes' },
};

/** Which part each of a seller's accounts belongs to. */
export const PART_OF_KIND: Readonly<Partial<Record<string, Part>>> = {
  seller_available: 'available',
  seller_pending: 'pending',
  payout_in_transit: 'inPayout',
  seller_reserved: 'reserved',
};

export const statementParsers = {
  part: parseAsStringLiteral(Object.keys(PART_WORDS) as Part[]),
  currency: parseAsStringLiteral(CURRENCIES),
  cursor: parseAsString,
};

export const loadStatementSearch = createLoader(statementParsers);
export const statementUrl = createSerializer(statementParsers);

/** The account that the address selects: one part in one currency, or all of them. */
export function accountOf({ part, currency }: { part: Part | null; currency: CurrencyCode | null }) {
  return part && currency ? { part, currency } : undefined;
}
