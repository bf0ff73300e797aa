import type { Statement } from '#db';

/**
 * Moves locked orders that are NOT_STARTED or FAILED to EXECUTING, with their history. For the caller's transaction; the row
 * count is checked, so an order in another state aborts it.
 */
export function startOrders(start: {
  orderIds: readonly string[];
  attemptId: string;
  actor: string;
  reason: string;
}): Statement {
  return {
    name: 'start-orders',
    text: `with orders as (
             select payment_order_id, state, state_seq from payment_orders
             where payment_order_id = any($1::text[]) and state in ('NOT_STARTED', 'FAILED')
           ), history as (
             insert into order_transitions (payment_order_id, seq, from_state, to_state, reason, attempt_id, actor)
             select payment_order_id, state_seq + 1, state, 'EXECUTING', $2, $3, $4 from orders
           )
           update payment_orders o set state = 'EXECUTING', state_seq = orders.state_seq + 1, updated_at = now()
           from orders where o.payment_order_id = orders.payment_order_id`,
    values: [start.orderIds, start.reason, start.attemptId, start.actor],
    expectRows: start.orderIds.length,
  };
}
