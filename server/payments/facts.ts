import { type Queryable, run } from '#db';
import type { CurrencyCode } from '#kernel';

/** What never changes about an attempt: enough to call the PSP and to post, without a lock. */
export interface AttemptFacts {
  readonly attemptId: string;
  readonly attemptNo: number;
  readonly kind: 'direct' | 'hosted';
  readonly checkoutId: string;
  readonly paymentMethod: string | null;
  readonly cardLast4: string | null;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  readonly buyer: { readonly userId: string; readonly email: string };
  readonly orders: readonly OrderFacts[];
}

export interface OrderFacts {
  readonly paymentOrderId: string;
  readonly sellerId: string;
  readonly sellerName: string;
  readonly description: string;
  readonly amountMinor: bigint;
  readonly commissionMinor: bigint;
  readonly currency: CurrencyCode;
}

/** One order of one attempt, as the database answers it. */
export interface FactsRow {
  attempt_id: string;
  attempt_no: number;
  kind: 'direct' | 'hosted';
  checkout_id: string;
  payment_method: string | null;
  card_last4: string | null;
  attempt_amount: bigint;
  buyer_user_id: string;
  buyer_email: string;
  payment_order_id: string;
  seller_id: string;
  seller_name: string;
  description: string;
  amount_minor: bigint;
  commission_minor: bigint;
  currency: CurrencyCode;
}

/** Loads the facts of attempts; attempts that do not exist are missing from the answer. */
export async function loadAttemptFacts(
  on: Queryable,
  attemptIds: readonly string[],
): Promise<Map<string, AttemptFacts>> {
  const rows = await run<FactsRow>(on, {
    name: 'attempt-facts',
    text: `select a.id as attempt_id, a.attempt_no, a.kind, a.checkout_id, a.payment_method, a.card_last4, a.amount_minor as attempt_amount,
                  e.buyer_user_id, e.buyer_email, o.payment_order_id, o.seller_id, s.display_name as seller_name, o.description,
                  o.amount_minor, o.commission_minor, o.currency
           from payment_attempts a
           join payment_events e on e.checkout_id = a.checkout_id
           join attempt_orders ao on ao.attempt_id = a.id
           join payment_orders o on o.payment_order_id = ao.payment_order_id
           join sellers s on s.id = o.seller_id
           where a.id = any($1::text[])
           order by a.id, o.line_no`,
    values: [attemptIds],
  });
  return groupFacts(rows);
}

/** Puts the rows of each attempt together, orders in their given order. */
export function groupFacts(rows: readonly FactsRow[]): Map<string, AttemptFacts> {
  const facts = new Map<string, AttemptFacts & { orders: OrderFacts[] }>();
  for (const row of rows) {
    let attempt = facts.get(row.attempt_id);
    if (!attempt) {
      attempt = {
        attemptId: row.attempt_id,
        attemptNo: row.attempt_no,
        kind: row.kind,
        checkoutId: row.checkout_id,
        paymentMethod: row.payment_method,
        cardLast4: row.card_last4,
        amountMinor: row.attempt_amount,
        currency: row.currency,
        buyer: { userId: row.buyer_user_id, email: row.buyer_email },
        orders: [],
      };
      facts.set(row.attempt_id, attempt);
    }
    attempt.orders.push({
      paymentOrderId: row.payment_order_id,
      sellerId: row.seller_id,
      sellerName: row.seller_name,
      description: row.description,
      amountMinor: row.amount_minor,
      commissionMinor: row.commission_minor,
      currency: row.currency,
    });
  }
  return facts;
}
