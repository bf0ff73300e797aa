import {
  createLoader,
  createSerializer,
  type inferParserType,
  parseAsBoolean,
  parseAsString,
  parseAsStringLiteral,
} from 'nuqs/server';
import { DIFFERENCE_WORDS, type DifferenceType } from './difference-words.ts';

/** What the page keeps in its address: which differences, and where its two lists stand. */
const differenceParsers = {
  type: parseAsStringLiteral(Object.keys(DIFFERENCE_WORDS) as DifferenceType[]),
  day: parseAsString,
  closed: parseAsBoolean.withDefault(false),
  cursor: parseAsString,
  days: parseAsString,
};

export type DifferenceSearch = inferParserType<typeof differenceParsers>;
export const loadDifferenceSearch = createLoader(differenceParsers);
export const differenceSearchUrl = createSerializer(differenceParsers);
