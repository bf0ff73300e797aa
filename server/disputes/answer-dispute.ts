import { run, runInTransaction, type Tx } from '#db';
import { closeLetters } from '#dead-letters';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError } from '#kernel';
import { insertOutbox } from '#payments';
import { ANSWERABLE, type DisputeState } from './dispute-state.ts';

/** Who may see and answer which disputes: those of payments made with an API key, of a seller's orders, or all. */
export interface DisputeScope {
  readonly principal?: string | undefined;
  readonly sellerId?: string | undefined;
}

/**
 * Says something to a dispute: evidence in words, or (`evidence` null) that it is accepted. It is written down here and sent by the
 * worker; once per inquiry and once per dispute, whoever asks at the same time, and anew after the provider has refused it. Throws
 * `not_found` for one out of scope, `dispute_not_answerable` when nothing can be said (any more), or something was said already.
 * Answers the dispute's id.
 */
export async function answerDispute(
  disputeId: string,
  { evidence, actor }: { readonly evidence: string | null; readonly actor: string },
  scope: DisputeScope,
  keyed: KeyedRun = UNKEYED,
): Promise<string> {
  if (keyed.subjectId) return keyed.subjectId;
  await runInTransaction(async (tx) => {
    const stage = await lockAnswerable(tx, disputeId, scope, evidence === null);
    const said = await run(tx, {
      text: `insert into dispute_responses (dispute_id, stage, answer_no, kind, evidence, actor)
             select $1, $2, coalesce(max(answer_no), 0) + 1, $3, $4, $5 from dispute_responses where dispute_id = $1 and stage = $2
             on conflict (dispute_id, stage) where refused_at is null do nothing returning 1`,
      values: [disputeId, stage, evidence === null ? 'acceptance' : 'evidence', evidence, actor],
    });
    if (said.length === 0) throw notAnswerable('Something was said to it already; that is possible once.');
    await closeAnswered(tx, disputeId, `${actor}: answered`);
    const payload = { dispute_id: disputeId, response: evidence === null ? 'acceptance' : 'evidence' };
    for (const statement of insertOutbox([{ topic: 'dispute.answered', key: disputeId, payload }]))
      await run(tx, statement);
    for (const statement of keyed.reach(disputeId)) await run(tx, statement);
  });
  return disputeId;
}

/** Whoever answers has dealt with the deadline, and with the refusal of what was said before. */
async function closeAnswered(tx: Tx, disputeId: string, resolution: string): Promise<void> {
  const isAnswered = (cause: string) => `(${cause} = 'evidence_due' or starts_with(${cause}, 'refused:'))`;
  const open = `kind = 'dispute' and subject_id = $1 and resolved_at is null`;
  await run(tx, {
    text: `update dead_letters set beside = null where ${open} and ${isAnswered('beside')}`,
    values: [disputeId],
  });
  const answered = await run<{ cause: string }>(tx, {
    text: `select cause from dead_letters where ${open} and ${isAnswered('cause')}`,
    values: [disputeId],
  });
  for (const { cause } of answered)
    await closeLetters(tx, { kind: 'dispute', subjectIds: [disputeId], cause }, resolution);
}

async function lockAnswerable(
  tx: Tx,
  disputeId: string,
  { principal, sellerId }: DisputeScope,
  accepts: boolean,
): Promise<string> {
  const [dispute] = await run<{ state: DisputeState; late: boolean }>(tx, {
    text: `select d.state, d.due_by <= now() as late from disputes d
           where d.id = $1
             and ($2::text is null or exists (
               select from payment_attempts a join payment_events e on e.checkout_id = a.checkout_id
               where a.id = d.attempt_id and e.principal = $2))
             and ($3::text is null or exists (
               select from attempt_orders ao join payment_orders o on o.payment_order_id = ao.payment_order_id
               where ao.attempt_id = d.attempt_id having bool_and(o.seller_id = $3)))
           for no key update of d`,
    values: [disputeId, principal ?? null, sellerId ?? null],
  });
  if (!dispute) throw new AppError('not_found', 'There is no dispute with this id.');
  const stage = ANSWERABLE[dispute.state];
  if (!stage) throw notAnswerable(`It is ${dispute.state}: nothing can be said to it.`);
  if (dispute.late) throw notAnswerable('The time for evidence is over.');
  if (accepts && stage === 'inquiry')
    throw notAnswerable('An inquiry cannot be accepted: answer it, or refund the payment.');
  return stage;
}

function notAnswerable(message: string): AppError {
  return new AppError('dispute_not_answerable', message);
}
