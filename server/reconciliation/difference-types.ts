/** Where the other side of a comparison comes from. */
export const SOURCES = ['settlement', 'bank_statement'] as const;
export type Source = (typeof SOURCES)[number];

/**
 * What happens with a difference (the three classes of "System Design Interview", volume 2, chapter 11): its cause is known and a
 * rule puts it right; its cause is known and a person decides; its cause is not known.
 */
export const DIFFERENCE_CLASSES = ['fixed_by_rule', 'for_finance', 'to_investigate'] as const;
export type DifferenceClass = (typeof DIFFERENCE_CLASSES)[number];

/** Every difference there can be between a file and our books, each in one class. The database holds the same list. */
export const DIFFERENCE_TYPES = {
  /** The provider has it and we have not: it is asked for, and booked. */
  missing_in_books: 'fixed_by_rule',
  /** It is here, and the books are not there yet. */
  not_booked_yet: 'fixed_by_rule',
  /** The file of a day that is over is not to be had. */
  file_missing: 'for_finance',
  /** It ends before its control row. Nothing of it is matched. */
  file_truncated: 'for_finance',
  /** Another file came for a day that had one. */
  file_changed: 'for_finance',
  /** Our books say that it belongs to this day, and the file has it not. */
  missing_in_file: 'for_finance',
  amount_differs: 'for_finance',
  fee_differs: 'for_finance',
  bank_amount_differs: 'for_finance',
  /** The same movement again, in this file or in that of another day. */
  duplicate_row: 'for_finance',
  /** The rows of a payout do not come to what was paid out. */
  payout_total_differs: 'for_finance',
  /** The movement was refused by our books: its own figures do not add up. */
  not_bookable: 'for_finance',
  /** Neither our books nor the provider know what it speaks of. */
  unknown_row: 'to_investigate',
  /** Rows of a payout that does not arrive on this day. */
  unknown_payout: 'to_investigate',
  currency_differs: 'to_investigate',
  /** The rows do not come to what the control row says. */
  control_total_differs: 'to_investigate',
  /** The file holds its content more than once, and not the same each time. */
  copies_differ: 'to_investigate',
  row_unreadable: 'to_investigate',
  /** It has not the columns of such a file, or its control row contradicts itself. Nothing of it is matched. */
  file_unreadable: 'to_investigate',
} as const satisfies Record<string, DifferenceClass>;

export type DifferenceType = keyof typeof DIFFERENCE_TYPES;
