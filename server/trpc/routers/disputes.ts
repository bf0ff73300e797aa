import { z } from 'zod';
import { type Actor, STAFF } from '#auth';
import {
  answerDispute,
  DISPUTE_STATES,
  type DisputeScope,
  type DisputeState,
  getDispute,
  listDisputes,
} from '#disputes';
import { procedureFor, router } from '../init.ts';
import { anyId, cursor, idempotencyKey } from '../inputs.ts';
import { once } from '../once.ts';

const staffProcedure = procedureFor(...STAFF);
/** Who may answer for the platform; the rest of the staff reads. */
const operatorProcedure = procedureFor('finance', 'admin');

/** Longest evidence, in characters: what the provider takes. */
const MAX_EVIDENCE = 20_000;

export const disputeFilter = z.strictObject({
  states: z
    .array(z.enum(DISPUTE_STATES as unknown as [DisputeState, ...DisputeState[]]))
    .min(1)
    .optional(),
  of: anyId.optional(),
  cursor: cursor.optional(),
});
export const disputeId = z.strictObject({ id: anyId });
export const evidenceInput = z.strictObject({
  id: anyId,
  evidence: z.string().trim().min(1).max(MAX_EVIDENCE),
  idempotencyKey,
});
export const acceptInput = z.strictObject({ id: anyId, idempotencyKey });

/** Answers a dispute as somebody who is signed in; null accepts it. */
export async function answer(
  actor: Actor,
  id: string,
  evidence: string | null,
  scope: DisputeScope,
  keyed: Parameters<typeof answerDispute>[3],
) {
  return { id: await answerDispute(id, { evidence, actor: `user:${actor.userId}` }, scope, keyed) };
}

/** Disputes of every payment, for those who operate the platform. */
export const disputesRouter = router({
  list: staffProcedure.input(disputeFilter).query(({ input }) => listDisputes(input)),
  get: staffProcedure.input(disputeId).query(({ input }) => getDispute(input.id, {})),
  submitEvidence: operatorProcedure
    .input(evidenceInput)
    .mutation(once(null, ({ ctx, input, keyed }) => answer(ctx.actor, input.id, input.evidence, {}, keyed))),
  accept: operatorProcedure
    .input(acceptInput)
    .mutation(once(null, ({ ctx, input, keyed }) => answer(ctx.actor, input.id, null, {}, keyed))),
});
