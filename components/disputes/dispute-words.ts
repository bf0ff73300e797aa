import type { RouterOutputs } from '#trpc';

type Dispute = RouterOutputs['admin']['disputes']['get'];

/** What each step of a dispute means. */
export const DISPUTE_STEP_WORDS: Record<Dispute['state'], string> = {
  INQUIRY: 'The bank asks',
  INQUIRY_CLOSED: 'The bank asks no further',
  OPEN: 'Disputed: the provider took the money',
  UNDER_REVIEW: 'The bank has the evidence',
  WON: 'Won: the money came back',
  LOST: 'Lost: the buyer keeps the money',
  ACCEPTED: 'Accepted: the buyer keeps the money',
};

/** The list's tabs, and which states each holds. */
export const DISPUTE_TABS = {
  all: { word: 'All', states: undefined },
  answer: { word: 'To answer', states: ['INQUIRY', 'OPEN'] },
  review: { word: 'At the bank', states: ['UNDER_REVIEW'] },
  won: { word: 'Won', states: ['WON', 'INQUIRY_CLOSED'] },
  lost: { word: 'Lost', states: ['LOST', 'ACCEPTED'] },
} as const satisfies Record<
  string,
  { readonly word: string; readonly states: readonly Dispute['state'][] | undefined }
>;

export type DisputeTab = keyof typeof DISPUTE_TABS;
