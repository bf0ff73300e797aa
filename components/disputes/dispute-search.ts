import { createLoader, createSerializer, parseAsString, parseAsStringLiteral } from 'nuqs/server';
import { DISPUTE_TABS, type DisputeTab } from './dispute-words.ts';

/** What a list of disputes keeps in its address. */
const parsers = {
  status: parseAsStringLiteral(Object.keys(DISPUTE_TABS) as DisputeTab[]).withDefault('all'),
  cursor: parseAsString,
};

export const loadDisputeSearch = createLoader(parsers);
export const disputeSearchUrl = createSerializer(parsers);

/** The same as the filter of the call that lists disputes. */
export function disputeFilterOf({ status, cursor }: { status: DisputeTab; cursor: string | null }) {
  const { states } = DISPUTE_TABS[status];
  return { states: states && [...states], cursor: cursor ?? undefined };
}
