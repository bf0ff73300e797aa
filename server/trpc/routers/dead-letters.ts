import { z } from 'zod';
import { STAFF } from '#auth';
import { listCauses, listDeadLetters, MAX_PER_SECOND, previewCause, redriveCause } from '#dead-letters';
import { LETTER_KINDS, type LetterKind, withWaysOut } from '../dead-letter-kinds.ts';
import { procedureFor, router } from '../init.ts';
import { anyId, idempotencyKey } from '../inputs.ts';
import { once } from '../once.ts';

const staffProcedure = procedureFor(...STAFF);
/** Who may act on what gave up; the rest of the staff reads. */
const operatorProcedure = procedureFor('finance', 'admin');

const reason = z.string().trim().min(3).max(500);
const kind = z.enum(Object.keys(LETTER_KINDS) as [LetterKind, ...LetterKind[]]);
/** A cause is a code, or for a webhook what its handling met, in words. */
const ofCause = { kind, cause: z.string().min(1).max(500) };
const rowId = z.string().regex(/^[1-9][0-9]{0,17}$/);

/** What gave up and waits for a person. */
export const deadLettersRouter = router({
  /** The open letters, newest first: all, or those of one cause. */
  list: staffProcedure.input(z.strictObject(ofCause).optional()).query(async ({ input }) => {
    const { rows, total } = await listDeadLetters(input);
    return { rows: await withWaysOut(rows), total };
  }),

  causes: staffProcedure.query(async () => {
    const causes = await listCauses();
    return causes.map((cause) => ({ ...cause, kind: cause.kind as LetterKind }));
  }),

  /** What redriving a whole cause would touch: how many, since when, and the oldest ten. */
  preview: staffProcedure.input(z.strictObject(ofCause)).query(async ({ input }) => {
    const { sample, ...all } = await previewCause(input.kind, input.cause);
    return { ...all, sample: await withWaysOut(sample) };
  }),

  /** Has the PSP asked again, a payment sent anew, a refund made again, a payout asked about, or a webhook handled again. Harmless to repeat: what is known already changes nothing. */
  tryAgain: operatorProcedure
    .input(
      z.discriminatedUnion('kind', [
        z.strictObject({
          kind: z.enum(['attempt', 'refund', 'settlement', 'payout', 'dispute']),
          subjectId: anyId,
          reason,
          idempotencyKey,
        }),
        z.strictObject({ kind: z.literal('webhook'), subjectId: rowId, reason, idempotencyKey }),
      ]),
    )
    .mutation(
      once(null, ({ ctx, input, keyed }) =>
        LETTER_KINDS[input.kind].redriveOne(input.subjectId, `user:${ctx.actor.userId}`, input.reason, keyed),
      ),
    ),

  /** The same for all letters of a cause that the preview showed, `perSecond` each second. */
  redriveCause: operatorProcedure
    .input(
      z.strictObject({
        ...ofCause,
        upTo: rowId,
        perSecond: z.int().min(1).max(MAX_PER_SECOND),
        reason,
        idempotencyKey,
      }),
    )
    .mutation(
      once(null, ({ ctx, input }) =>
        redriveCause({ ...input, actor: `user:${ctx.actor.userId}` }, LETTER_KINDS[input.kind].redriveMany),
      ),
    ),

  /** Puts a definite failure aside, with a reason that stays on record. */
  close: operatorProcedure
    .input(
      z.union([
        z.strictObject({
          kind: z.enum(['attempt', 'refund', 'settlement', 'payout', 'dispute']).default('attempt'),
          subjectId: anyId,
          reason,
          idempotencyKey,
        }),
        z.strictObject({ kind: z.literal('webhook'), subjectId: rowId, reason, idempotencyKey }),
      ]),
    )
    .mutation(
      once(null, ({ ctx, input, keyed }) =>
        LETTER_KINDS[input.kind].close(input.subjectId, `user:${ctx.actor.userId}`, input.reason, keyed),
      ),
    ),
});
