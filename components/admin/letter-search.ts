import { createLoader, createSerializer, parseAsString, parseAsStringLiteral } from 'nuqs/server';
import { LETTER_KINDS, type LetterKind } from './letter-words.ts';

/** What the list of dead letters keeps in its address: one cause, or none for all. */
const letterParsers = {
  kind: parseAsStringLiteral(Object.keys(LETTER_KINDS) as LetterKind[]),
  cause: parseAsString,
};

export const loadLetterSearch = createLoader(letterParsers);
export const letterSearchUrl = createSerializer(letterParsers);

/** The cause that is looked at; undefined for all. */
export function chosenCause({ kind, cause }: { kind: LetterKind | null; cause: string | null }) {
  return kind && cause ? { kind, cause } : undefined;
}
