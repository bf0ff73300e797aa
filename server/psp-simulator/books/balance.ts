import type Stripe from 'stripe';
import { ok } from '../http/answer.ts';
import { onlyExpand, parseParameters } from '../http/form.ts';
import type { Handler } from '../requests/request.ts';

/**
 * What the merchant is owed, per currency: pending money becomes available when its settlement time has come. Summed
 * from the entries; credits are negative in the books and positive here.
 */
const BALANCE = `
  select e.currency,
    coalesce(sum(-e.amount) filter (where t.available_on <= $1), 0)::text as available,
    coalesce(sum(-e.amount) filter (where t.available_on > $1), 0)::text as pending
  from book_entries e join book_transactions t on t.id = e.transaction
  where e.account in ('merchant_pending', 'merchant_available')
  group by e.currency order by e.currency`;

/** `GET /v1/balance`. */
export const showBalance: Handler = async ({ request, simulator: { store } }) => {
  parseParameters(onlyExpand, request.input);
  const now = Math.floor(Date.now() / 1000);
  const rows = await store.rows<{ currency: string; available: string; pending: string }>('balance', BALANCE, [now]);
  const column = (name: 'available' | 'pending') =>
    rows.map((row) => ({
      amount: Number(row[name]),
      currency: row.currency,
      source_types: { card: Number(row[name]) },
    }));
  return ok({
    object: 'balance',
    available: column('available'),
    livemode: false,
    pending: column('pending'),
  } satisfies Stripe.Balance);
};
