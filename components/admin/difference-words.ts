import type { RouterOutputs } from '#trpc';
import type { Tone } from '../ui/badge.tsx';

export type Difference = RouterOutputs['admin']['reconciliation']['differences']['differences'][number];
export type DifferenceType = Difference['type'];

interface Words {
  readonly word: string;
  readonly meaning: string;
  /** What a person does about it, and when it may be closed. */
  readonly wayOut: string;
}

const BY_ITSELF = 'It closes by itself.';
const ASK_WHICH =
  'Ask the provider which figure is right. What it corrects comes as a movement of its own: close this with its id.';
const ASK_AGAIN =
  'It is asked for again every night for a week. Ask the sender for it, and close this only if it never comes.';

/** Every type of difference by the name people say, what it means, and the way out of it. */
export const DIFFERENCE_WORDS: Record<DifferenceType, Words> = {
  missing_in_books: {
    word: 'Not in our books',
    meaning: 'The provider has it and we have not. It is asked for and booked.',
    wayOut: `${BY_ITSELF} Should it stay, ask the provider about the id.`,
  },
  not_booked_yet: {
    word: 'Not booked yet',
    meaning: 'It is here, and the books catch up by themselves.',
    wayOut: `${BY_ITSELF} Should it stay, its dead letter says what it waits for.`,
  },
  file_missing: { word: 'File missing', meaning: 'There is no file of this day.', wayOut: ASK_AGAIN },
  file_truncated: {
    word: 'File cut off',
    meaning: 'It ends before its control row. Nothing of it was matched.',
    wayOut: ASK_AGAIN,
  },
  file_changed: {
    word: 'Another file came',
    meaning: 'The day had a file already. The newest whole one counts.',
    wayOut: 'Ask the sender why there are two. Close this with the answer.',
  },
  missing_in_file: {
    word: 'Not in the file',
    meaning: 'Our books say that it belongs to this day.',
    wayOut:
      'Look for it in the days after. If it is in none, ask the sender with the id, and close this with the answer.',
  },
  amount_differs: {
    word: 'Amount differs',
    meaning: 'The file and our books name different amounts.',
    wayOut: ASK_WHICH,
  },
  fee_differs: { word: 'Fee differs', meaning: 'The file and our books name different fees.', wayOut: ASK_WHICH },
  bank_amount_differs: {
    word: 'Bank amount differs',
    meaning: 'The bank and our books name different amounts.',
    wayOut: 'Ask the bank and the provider which figure is right. Close this with the answer.',
  },
  duplicate_row: {
    word: 'Twice',
    meaning: 'The same movement again, in this file or in that of another day.',
    wayOut: 'Our books have it once. Ask the sender whether money moved twice, and close this with the answer.',
  },
  payout_total_differs: {
    word: 'Payout total differs',
    meaning: 'Its rows do not come to what was paid out.',
    wayOut: 'Settle the rows of this payout first. If none differs, ask the provider for the missing one.',
  },
  not_bookable: {
    word: 'Refused by our books',
    meaning: 'Its own figures do not add up.',
    wayOut: 'It waits as a dead letter. Have it booked from there once the provider has put it right; then close this.',
  },
  unknown_row: {
    word: 'Unknown row',
    meaning: 'Neither our books nor the provider know what it speaks of.',
    wayOut: 'Nothing is booked for it. Ask the sender what it is, and close this with the answer.',
  },
  unknown_payout: {
    word: 'Unknown payout',
    meaning: 'Rows of a payout that does not arrive on this day.',
    wayOut: 'Look for the payout at the provider. If it arrives on another day, close this with that day.',
  },
  currency_differs: {
    word: 'Currency differs',
    meaning: 'The row is in another currency than its movement.',
    wayOut: ASK_WHICH,
  },
  control_total_differs: {
    word: 'Control total differs',
    meaning: 'The rows do not come to what the control row says.',
    wayOut: 'The other differences of the day tell why. Close this last; if there are none, ask for the file again.',
  },
  copies_differ: {
    word: 'Copies differ',
    meaning: 'The file holds its content more than once, and not the same each time.',
    wayOut: 'The first copy was matched. Ask the sender which one counts, and close this with the answer.',
  },
  row_unreadable: {
    word: 'Row cannot be read',
    meaning: 'Its text is kept.',
    wayOut: 'Ask the sender what the row says. Close this with the answer.',
  },
  file_unreadable: {
    word: 'File cannot be read',
    meaning: 'It has not the columns of such a file. Nothing of it was matched.',
    wayOut: ASK_AGAIN,
  },
};

export const CLASS_WORDS: Record<Difference['class'], { readonly word: string; readonly tone: Tone }> = {
  fixed_by_rule: { word: 'Fixed by rule', tone: 'progress' },
  for_finance: { word: 'For finance', tone: 'caution' },
  to_investigate: { word: 'To investigate', tone: 'unknown' },
};

export const SOURCE_WORDS: Record<Difference['source'], string> = {
  settlement: 'Settlement file',
  bank_statement: 'Bank statement',
};
