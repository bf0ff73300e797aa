import type { FactsRow } from '../../payments/facts.ts';
import type { Tables } from './tables.ts';

/** The rows of attempts and their orders, as `LockedPayments.read` answers. */
export function lockedPayments(tables: Tables, attemptIds: readonly string[]): Record<string, unknown>[] {
  const pairs = [...new Set(attemptIds)].flatMap((id) => {
    const attempt = tables.attempts.get(id);
    return attempt ? attempt.orderIds.map((orderId) => ({ attempt, order: tables.order(orderId) })) : [];
  });
  return pairs
    .toSorted((a, b) => (a.order.id < b.order.id ? -1 : 1))
    .map(({ attempt, order }) => ({
      attempt_id: attempt.id,
      attempt_state: attempt.state,
      tries: attempt.tries,
      sends: attempt.sends,
      since: attempt.since,
      psp_payment_id: attempt.pspPaymentId,
      psp_session_id: attempt.pspSessionId,
      page_url: attempt.pageUrl,
      card_last4: attempt.cardLast4,
      decline_code: attempt.declineCode,
      error: attempt.error,
      latency_ms: attempt.latencyMs,
      resolve_at: attempt.resolveAt,
      finished_at: attempt.finishedAt,
      payment_order_id: order.id,
      order_state: order.state,
      state_seq: order.stateSeq,
    }));
}

/** The rows that the read of the attempts' facts answers. */
export function factsRows(tables: Tables, attemptIds: readonly string[]): FactsRow[] {
  return [...new Set(attemptIds)].flatMap((id) => {
    const attempt = tables.attempts.get(id);
    if (!attempt) return [];
    const event = tables.events.get(attempt.checkoutId);
    const orders = attempt.orderIds.map((orderId) => tables.order(orderId)).toSorted((a, b) => a.lineNo - b.lineNo);
    return orders.map((order) => ({
      attempt_id: id,
      attempt_no: attempt.attemptNo,
      kind: attempt.kind,
      checkout_id: attempt.checkoutId,
      payment_method: attempt.paymentMethod,
      card_last4: attempt.cardLast4,
      attempt_amount: attempt.amountMinor,
      buyer_user_id: event?.buyerId ?? '',
      buyer_email: 'buyer@example.com',
      payment_order_id: order.id,
      seller_id: order.sellerId,
      seller_name: order.sellerId,
      description: '',
      amount_minor: order.amountMinor,
      commission_minor: order.commissionMinor,
      currency: order.currency,
    }));
  });
}
