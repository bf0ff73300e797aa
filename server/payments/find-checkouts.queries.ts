import { pool, run } from '#db';

/** Most checkouts one search looks at; an e-mail address may have many, and so may a payout. */
const SEARCH_LIMIT = 500;

/**
 * The checkouts that an id of any kind (checkout, order, attempt, refund, dispute, a payout's that paid them out, the PSP's, a
 * webhook's) or an e-mail address belongs to.
 */
export async function findCheckoutIds(search: string): Promise<string[]> {
  const rows = await run<{ checkout_id: string }>(pool(), {
    name: 'find-checkout-ids',
    text: `select checkout_id from payment_events where checkout_id = $1
           union select checkout_id from payment_orders where payment_order_id = $1
           union select checkout_id from payment_attempts where id = $1 or psp_payment_id = $1 or psp_session_id = $1
           union select a.checkout_id from webhook_inbox w join payment_attempts a on a.id = w.attempt_id where w.event_id = $1
           union select a.checkout_id from refunds r join payment_attempts a on a.id = r.attempt_id
                 where r.id = $1 or r.request_id = $1 or r.psp_refund_id = $1
           union select a.checkout_id from disputes d join payment_attempts a on a.id = d.attempt_id
                 where d.id = $1 or d.psp_dispute_id = $1
           union select a.checkout_id from psp_balance_transactions t join payment_attempts a on a.psp_payment_id = t.psp_payment_id
                 where t.id = $1
           union (select o.checkout_id from payouts p
                  join ledger_entries e on e.account_id = p.account_id and e.account_seq between p.first_seq and p.last_seq
                  join ledger_transactions t on t.id = e.transaction_id and t.kind = 'funds_available'
                  join payment_orders o on o.payment_order_id = t.source_id
                  where p.id = $1 or p.psp_payout_id = $1 limit $2)
           union (select checkout_id from payment_events where lower(buyer_email) = lower($1) or buyer_user_id = $1
                  order by created_at desc limit $2)
           limit $2`,
    values: [search, SEARCH_LIMIT],
  });
  return rows.map((row) => row.checkout_id);
}

/**
 * Of facts that the ledger names (orders, attempts, refunds, the PSP's balance transactions), the payment that each belongs to: its
 * order where it is of one, else its checkout. What belongs to no payment is missing.
 */
export async function findPaymentsOf(sourceIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await run<{ source_id: string; payment_id: string }>(pool(), {
    name: 'find-payments-of',
    text: `select payment_order_id as source_id, payment_order_id as payment_id from payment_orders where payment_order_id = any($1::text[])
           union select id, checkout_id from payment_attempts where id = any($1)
           union select r.id, coalesce(r.payment_order_id, a.checkout_id) from refunds r join payment_attempts a on a.id = r.attempt_id
                 where r.id = any($1)
           union select t.id, a.checkout_id from psp_balance_transactions t join payment_attempts a on a.psp_payment_id = t.psp_payment_id
                 where t.id = any($1)`,
    values: [[...new Set(sourceIds)]],
  });
  return new Map(rows.map((row) => [row.source_id, row.payment_id]));
}
