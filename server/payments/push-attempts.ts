import { run, type Tx } from '#db';
import { assert } from '#kernel';
import { loadAttemptFacts } from './facts.ts';
import { LockedPayments } from './locked-payments.ts';
import { openNextAttempt } from './retry-payment.ts';

/** An attempt that a person puts on its way again, and when it goes. */
export interface Push {
  readonly attemptId: string;
  readonly at: Date;
}

/**
 * Puts attempts on their way again, on a person's word: one without an outcome is asked about at its time, with fresh tries and
 * sends; for one that ended because the PSP could not be reached, its order's next attempt is sent. Answers those it could do
 * something for: whatever has its outcome by now is left alone, so pushing again is harmless. Runs in the caller's transaction.
 */
export async function pushAttempts(tx: Tx, pushes: readonly Push[], actor: string): Promise<string[]> {
  const ids = pushes.map((push) => push.attemptId);
  await run(tx, LockedPayments.read(ids));
  const asked = await run<{ id: string }>(tx, {
    text: `update payment_attempts a set resolve_at = p.at, pushed_at = p.at, tries = 0, sends = least(a.sends, 1)
           from unnest($1::text[], $2::timestamptz[]) p (id, at)
           where a.id = p.id and a.finished_at is null returning a.id`,
    values: [ids, pushes.map((push) => push.at)],
  });
  const pushed = new Set(asked.map((row) => row.id));
  const sentAnew = await lastUnavailable(tx, ids);
  for (const push of pushes) {
    if (!sentAnew.has(push.attemptId)) continue;
    await sendAnew(tx, push, actor);
    pushed.add(push.attemptId);
  }
  return [...pushed];
}

/** Of these, the attempts that ended because the PSP could not be reached and that nothing followed: their order still waits to be sent. */
async function lastUnavailable(tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await run<{ id: string }>(tx, {
    text: `select a.id from payment_attempts a
           join attempt_orders ao on ao.attempt_id = a.id
           join payment_orders o on o.payment_order_id = ao.payment_order_id
           where a.id = any($1::text[]) and a.kind = 'direct' and a.state = 'REFUSED' and a.decline_code = 'psp_unavailable'
             and o.state = 'FAILED' and not exists (
               select from attempt_orders later join payment_attempts l on l.id = later.attempt_id
               where later.payment_order_id = ao.payment_order_id and l.attempt_no > a.attempt_no)`,
    values: [ids],
  });
  return new Set(rows.map((row) => row.id));
}

async function sendAnew(tx: Tx, { attemptId, at }: Push, actor: string): Promise<void> {
  const facts = (await loadAttemptFacts(tx, [attemptId])).get(attemptId);
  const [order] = facts?.orders ?? [];
  assert(facts?.paymentMethod && order, `attempt ${attemptId} was sent in with a payment method`);
  const payment = { token: facts.paymentMethod, ...(facts.cardLast4 && { last4: facts.cardLast4 }) };
  await openNextAttempt(tx, order.paymentOrderId, payment, { actor, sendAt: at });
}
