import type pg from 'pg';
import { run, type Statement } from '#db';
import { applyRefundOutcomes } from './apply-refund-outcomes.ts';

/** How long the refused refunds are left to whoever refuses them, in seconds, before the worker asks and sends them after all. */
const LEASE_SECONDS = 60;

/**
 * Ends refunds of these attempts that wait for their seller's money. The bank has taken the charge back, and the provider gives nothing
 * back of a disputed charge: they would wait for a refusal. It is written down here, in the provider's word, as if they had been sent; who
 * dies in between leaves refunds that the worker sends, and the provider refuses.
 */
export async function refuseWaitingRefunds(on: pg.Pool, attemptIds: readonly string[]): Promise<void> {
  const taken = await run<{ id: string }>(on, {
    name: 'take-waiting-refunds',
    text: `with waiting as (
             select id, state_seq from refunds r where attempt_id = any($1::text[]) and waits_for_funds
               and not exists (select from disputes d where d.attempt_id = r.attempt_id and d.finished_at is not null)
             order by id for update
           ), history as (
             insert into refund_transitions (refund_id, seq, from_state, to_state, reason, actor)
             select id, state_seq + 1, 'REQUESTED', 'SUBMITTED', 'its charge is disputed', 'worker' from waiting
           )
           update refunds r set state = 'SUBMITTED', state_seq = waiting.state_seq + 1, waits_for_funds = false,
             resolve_at = now() + make_interval(secs => $2)
           from waiting where r.id = waiting.id returning r.id`,
    values: [attemptIds, LEASE_SECONDS],
  });
  if (taken.length === 0) return;
  const outcome = { kind: 'refused', code: 'charge_disputed', message: 'The charge is disputed.' } as const;
  const results = await applyRefundOutcomes(
    on,
    taken.map(({ id }) => ({ refundId: id, outcome, actor: 'worker' })),
  );
  for (const result of results) if (result instanceof Error) throw result;
}

/**
 * Attempts, of these, with a refund of an order that may yet go either way: it is about to be sent, or was sent and has no answer. One
 * that the provider works on has gone; one that waits for money is not on its way.
 */
export function undecidedRefundsOf(attemptIds: readonly string[]): Statement {
  return {
    name: 'undecided-refunds-of-attempts',
    text: `select distinct attempt_id from refunds
           where attempt_id = any($1::text[]) and payment_order_id is not null and finished_at is null and psp_refund_id is null
             and not waits_for_funds`,
    values: [attemptIds],
  };
}
