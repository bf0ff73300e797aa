import type { RouterOutputs } from '#trpc';
import type { Tone } from '../ui/badge.tsx';

export type Difference = RouterOutputs['admin']['reconciliation']['differences']['differences'][number];
export type DifferenceType = Difference['type'];

interface Words {
  readonly word: string;
  readonly meaning: string;
}

/** Every type of difference by the name people say, and what it means. */
export const DIFFERENCE_WORDS: Record<DifferenceType, Words> = {
  missing_in_books: {
    word: 'Not in our books',
    meaning: 'The provider has it and we have not. It is asked for and booked.',
  },
  not_booked_yet: { word: 'Not booked yet', meaning: 'It is here, and the books catch up by themselves.' },
  file_missing: {
    word: 'File missing',
    meaning: 'There is no file of this day. It is asked for again every night for a week.',
  },
  file_truncated: { word: 'File cut off', meaning: 'It ends before its control row. Nothing of it was matched.' },
  file_changed: { word: 'Another file came', meaning: 'The day had a file already. The newest whole one counts.' },
  missing_in_file: { word: 'Not in the file', meaning: 'Our books say that it belongs to this day.' },
  amount_differs: { word: 'Amount differs', meaning: 'The file and our books name different amounts.' },
  fee_differs: { word: 'Fee differs', meaning: 'The file and our books name different fees.' },
  bank_amount_differs: { word: 'Bank amount differs', meaning: 'The bank and our books name different amounts.' },
  duplicate_row: { word: 'Twice', meaning: 'The same movement again, in this file or in that of another day.' },
  payout_total_differs: { word: 'Payout total differs', meaning: 'Its rows do not come to what was paid out.' },
  not_bookable: { word: 'Refused by our books', meaning: 'Its own figures do not add up.' },
  unknown_row: { word: 'Unknown row', meaning: 'Neither our books nor the provider know what it speaks of.' },
  unknown_payout: { word: 'Unknown payout', meaning: 'Rows of a payout that does not arrive on this day.' },
  currency_differs: { word: 'Currency differs', meaning: 'The row is in another currency than its movement.' },
  control_total_differs: {
    word: 'Control total differs',
    meaning: 'The rows do not come to what the control row says.',
  },
  copies_differ: {
    word: 'Copies differ',
    meaning: 'The file holds its content more than once, and not the same each time.',
  },
  row_unreadable: { word: 'Row cannot be read', meaning: 'Its text is kept.' },
  file_unreadable: {
    word: 'File cannot be read',
    meaning: 'It has not the columns of such a file. Nothing of it was matched.',
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
