import { z } from 'zod';
import type { RefundRow } from '../database/rows.ts';
import { ok } from '../http/answer.ts';
import { parseParameters, wireInteger } from '../http/form.ts';
import type { Handler } from '../requests/request.ts';

const MAX_PAGE = 1_000;

const parameters = z.strictObject({
  refund_id: z.string().max(500).optional(),
  attempt_id: z.string().max(500).optional(),
  limit: wireInteger.pipe(z.number().min(1).max(MAX_PAGE)).default(100),
  starting_after: z.string().max(255).optional(),
});

/** Entries prove the refund, not its own status alone; one that failed gave nothing back. */
const GIVEN_BACK = `
  select r.*, c.attempt_id from refunds r join book_transactions t on t.id = r.balance_transaction join charges c on c.id = r.charge
  where r.failure_balance_transaction is null and ($1::text is null or r.metadata ->> 'refund_id' = $1)
    and ($2::text is null or c.attempt_id = $2) and ($3::text is null or r.id > $3)
  order by r.id limit $4`;

type Line = RefundRow & { readonly attempt_id: string | null };

/**
 * `GET /v1/test_helpers/refund_journal`: the refunds that really took money from the merchant, oldest first, pending ones too, for
 * tests that compare them with their own books. Filters: `refund_id` (the merchant's own, from the metadata), `attempt_id`.
 */
export const showRefundJournal: Handler = async ({ request, simulator: { store } }) => {
  const { refund_id, attempt_id, limit, starting_after } = parseParameters(parameters, request.input);
  const values = [refund_id ?? null, attempt_id ?? null, starting_after ?? null, limit + 1];
  const rows = await store.rows<Line>('given_back', GIVEN_BACK, values);
  return ok({
    object: 'list',
    url: '/v1/test_helpers/refund_journal',
    has_more: rows.length > limit,
    data: rows.slice(0, limit).map(toLine),
  });
};

function toLine(refund: Line) {
  return {
    id: refund.id,
    object: 'refund_journal_line',
    amount: refund.amount,
    currency: refund.currency,
    created: refund.created,
    status: refund.status,
    charge: refund.charge,
    payment_intent: refund.payment_intent,
    balance_transaction: refund.balance_transaction,
    attempt_id: refund.attempt_id,
    refund_id: refund.metadata.refund_id ?? null,
  };
}
