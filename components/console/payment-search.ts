import { createLoader, createSerializer, parseAsString, parseAsStringLiteral } from 'nuqs/server';
import type { OrderStatus } from '../status/statuses.ts';

/** The tabs over a list of payments, and which states each holds. */
export const STATUS_TABS = {
  all: { word: 'All', states: undefined },
  processing: { word: 'Processing', states: ['NOT_STARTED', 'EXECUTING'] },
  action: { word: 'Needs action', states: ['REQUIRES_ACTION'] },
  unknown: { word: 'Being checked', states: ['UNKNOWN', 'MANUAL_REVIEW'] },
  paid: { word: 'Paid', states: ['SUCCESS'] },
  failed: { word: 'Failed', states: ['FAILED'] },
  closed: { word: 'Closed', states: ['EXPIRED', 'CANCELLED'] },
  late: { word: 'Paid late', states: ['LATE_SUCCESS', 'AUTO_REFUNDING'] },
} as const satisfies Record<string, { readonly word: string; readonly states: readonly OrderStatus[] | undefined }>;

export type StatusTab = keyof typeof STATUS_TABS;

/** What a list of payments keeps in its address, so that a view can be sent to somebody. */
export const paymentParsers = {
  status: parseAsStringLiteral(Object.keys(STATUS_TABS) as StatusTab[]).withDefault('all'),
  q: parseAsString.withDefault(''),
  cursor: parseAsString,
};

export const loadPaymentSearch = createLoader(paymentParsers);
export const paymentSearchUrl = createSerializer(paymentParsers);

/** The same as the filter of the call that lists payments. */
export function filterOf({ status, q, cursor }: { status: StatusTab; q: string; cursor: string | null }) {
  const { states } = STATUS_TABS[status];
  return { states: states && [...states], search: q.trim() || undefined, cursor: cursor ?? undefined };
}
