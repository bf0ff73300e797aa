import { z } from 'zod';
import { STAFF } from '#auth';
import { isDay } from '#db';
import {
  closeException,
  countDifferences,
  DIFFERENCE_TYPES,
  type DifferenceType,
  listDays,
  listDifferences,
} from '#reconciliation';
import { procedureFor, router } from '../init.ts';
import { cursor, idempotencyKey } from '../inputs.ts';
import { once } from '../once.ts';

const staffProcedure = procedureFor(...STAFF);
/** Who may say that a difference is settled; the rest of the staff reads. */
const operatorProcedure = procedureFor('finance', 'admin');

const type = z.enum(Object.keys(DIFFERENCE_TYPES) as [DifferenceType, ...DifferenceType[]]);

/** The provider's files and the bank's against the books, day by day. */
export const reconciliationRouter = router({
  days: staffProcedure
    .input(z.strictObject({ cursor: cursor.optional() }).optional())
    .query(({ input }) => listDays({ cursor: input?.cursor })),

  /** What is open, by type. */
  counts: staffProcedure.query(() => countDifferences()),

  differences: staffProcedure
    .input(
      z.strictObject({
        open: z.boolean().optional(),
        day: z.iso.date().refine(isDay).optional(),
        type: type.optional(),
        cursor: cursor.optional(),
      }),
    )
    .query(({ input }) => listDifferences(input)),

  /** Closes a difference with a reason that stays on record; it comes again only when something about it changes. */
  close: operatorProcedure
    .input(
      z.strictObject({
        id: z.string().regex(/^[1-9][0-9]{0,17}$/),
        reason: z.string().trim().min(3).max(500),
        idempotencyKey,
      }),
    )
    .mutation(
      once(null, ({ ctx, input, keyed }) => closeException(input.id, `user:${ctx.actor.userId}`, input.reason, keyed)),
    ),
});
