import { createLoader, createSerializer, parseAsString, parseAsStringLiteral } from 'nuqs/server';
import type { PayoutStatus } from '../status/statuses.ts';

/** The tabs over a list of payouts, and which states each holds. */
export const PAYOUT_TABS = {
  all: { word: 'All', states: undefined },
  waiting: { word: 'To approve', states: ['REQUESTED'] },
  moving: { word: 'On the way', states: ['APPROVED', 'SUBMITTED', 'UNKNOWN'] },
  paid: { word: 'Paid', states: ['PAID'] },
  failed: { word: 'Failed', states: ['FAILED', 'RETURNED'] },
  cancelled: { word: 'Cancelled', states: ['CANCELLED'] },
} as const satisfies Record<string, { readonly word: string; readonly states: readonly PayoutStatus[] | undefined }>;

export type PayoutTab = keyof typeof PAYOUT_TABS;

export const payoutParsers = {
  status: parseAsStringLiteral(Object.keys(PAYOUT_TABS) as PayoutTab[]).withDefault('all'),
  cursor: parseAsString,
};

export const loadPayoutSearch = createLoader(payoutParsers);
export const payoutSearchUrl = createSerializer(payoutParsers);

export interface PayoutSearch {
  readonly status: PayoutTab;
  readonly cursor: string | null;
}

/** The same as the filter of the call that lists payouts. */
export function payoutFilterOf({ status, cursor }: PayoutSearch) {
  const { states } = PAYOUT_TABS[status];
  return { states: states && [...states], cursor: cursor ?? undefined };
}
