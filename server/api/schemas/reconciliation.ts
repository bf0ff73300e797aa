import { z } from '@hono/zod-openapi';
import { isDay } from '#db';
import {
  DIFFERENCE_TYPES,
  type Difference,
  type DifferenceType,
  type ReconciledDay,
  type SideOfDay,
} from '#reconciliation';

const MAX_PAGE = 100;
const DAY = '2026-06-18';

const cursor = z.string().max(2_000).optional().openapi({ description: 'next_cursor of the page before.' });
const limit = z.coerce.number().int().min(1).max(MAX_PAGE).default(25);
const type = z.enum(Object.keys(DIFFERENCE_TYPES) as [DifferenceType, ...DifferenceType[]]);
const source = z.enum(['settlement', 'bank_statement']).openapi({ example: 'settlement' });
const day = z.string().openapi({ description: "A day of the provider's clock (UTC).", example: DAY });
const currency = z.string().openapi({ example: 'USD' });
const money = z.string().openapi({ description: 'Signed decimal string.', example: '28.82' });
const count = z.number().int().openapi({ example: 1 });
const time = z.string().openapi({ example: '2026-06-19T02:50:00.000Z' });
const nextCursor = z.string().nullable().openapi({ example: null });

export const daysQuery = z.strictObject({ cursor, limit });

export const differencesQuery = z.strictObject({
  open: z.enum(['true', 'false']).optional().openapi({ description: 'Only open ones, or only closed ones.' }),
  day: z.iso.date().refine(isDay, 'must be a day that there is').optional().openapi({ example: DAY }),
  type: type.optional(),
  cursor,
  limit,
});

export type DifferencesQuery = z.output<typeof differencesQuery>;

const side = z
  .object({
    file: z
      .object({ rows: count, matched: count, net: money, version: count })
      .nullable()
      .openapi({ description: 'Null when there is no whole file.' }),
    expected: z.object({ rows: count, net: money }).openapi({ description: 'What the books say that it must hold.' }),
    ties_out: z.boolean().openapi({ example: true }),
  })
  .openapi('ReconciledSide');

export const reconciledDays = z
  .object({
    days: z.array(
      z
        .object({
          day,
          currency,
          settlement: side,
          bank_statement: side,
          open_differences: count.openapi({ example: 0 }),
          closed_differences: count.openapi({ example: 0 }),
          changed_at: time,
        })
        .openapi('ReconciledDay'),
    ),
    has_more: z.boolean().openapi({ example: false }),
    next_cursor: nextCursor,
  })
  .openapi('ReconciledDays');

export const differencesPage = z
  .object({
    differences: z.array(
      z
        .object({
          id: z.string().openapi({ example: '7' }),
          source,
          day,
          currency,
          type: type.openapi({ example: 'amount_differs' }),
          class: z.enum(['fixed_by_rule', 'for_finance', 'to_investigate']).openapi({ example: 'for_finance' }),
          subject: z.string().openapi({ description: 'What it is about.', example: 'txn_1Q0' }),
          expected: money.nullable(),
          found: money.nullable().openapi({ example: '28.83' }),
          detail: z.string().openapi({ example: 'charge, payout po_1Q0' }),
          opened_at: time,
          closed_at: time.nullable().openapi({ example: null }),
          resolution: z.string().nullable().openapi({ example: null }),
        })
        .openapi('Difference'),
    ),
    has_more: z.boolean().openapi({ example: false }),
    next_cursor: nextCursor,
  })
  .openapi('DifferencesPage');

export function presentDay({ day, currency, settlement, bank, open, closed, changedAt }: ReconciledDay) {
  return {
    day,
    currency,
    settlement: presentSide(settlement),
    bank_statement: presentSide(bank),
    open_differences: open,
    closed_differences: closed,
    changed_at: changedAt.toISOString(),
  };
}

function presentSide({ file, expected, tiesOut }: SideOfDay) {
  return { file, expected, ties_out: tiesOut };
}

export function presentDifference({ openedAt, closedAt, ...rest }: Difference) {
  return { ...rest, opened_at: openedAt.toISOString(), closed_at: closedAt?.toISOString() ?? null };
}
