import { z } from 'zod';
import { capturedOf } from '../charges/captured.ts';
import type { ChargeRow } from '../database/rows.ts';
import { ok } from '../http/answer.ts';
import { parseParameters, wireInteger } from '../http/form.ts';
import type { Handler } from '../requests/request.ts';

const MAX_PAGE = 1_000;

const parameters = z.strictObject({
  attempt_id: z.string().max(500).optional(),
  order_id: z.string().max(500).optional(),
  limit: wireInteger.pipe(z.number().min(1).max(MAX_PAGE)).default(100),
  starting_after: z.string().max(255).optional(),
});

/** Failed charges are not in it: no money moved. Entries prove the charge, not its own status alone. */
const TAKEN = `
  select c.* from charges c join book_transactions t on t.id = c.balance_transaction
  where c.status = 'succeeded' and ($1::text is null or c.attempt_id = $1 or c.metadata ->> 'attempt_id' = $1)
    and ($2::text is null or strpos(c.metadata ->> 'order_ids', $2) > 0)
    and ($3::text is null or c.id > $3)
  order by c.id limit $4`;

const TAKEN_BY_ATTEMPT = `
  select c.* from payment_intents i join charges c on c.payment_intent = i.id and c.status = 'succeeded'
  join book_transactions t on t.id = c.balance_transaction
  where i.attempt_id = $1 order by c.id`;

/**
 * `GET /v1/test_helpers/journal`: the charges that really took money, oldest first, for tests that compare them with
 * their own books. Filters: `attempt_id` (indexed), `order_id` (reads the table); pages by `starting_after`.
 */
export const showJournal: Handler = async ({ request, simulator: { store } }) => {
  const { attempt_id, order_id, limit, starting_after } = parseParameters(parameters, request.input);
  const plain = order_id === undefined && starting_after === undefined;
  const rows =
    attempt_id !== undefined && plain
      ? await store.rows<ChargeRow>('taken_by_attempt', TAKEN_BY_ATTEMPT, [attempt_id])
      : await store.rows<ChargeRow>('taken', TAKEN, [
          attempt_id ?? null,
          order_id ?? null,
          starting_after ?? null,
          limit + 1,
        ]);
  const taken = rows.map(toLine).filter((line) => order_id === undefined || line.order_ids.includes(order_id));
  return ok({
    object: 'list',
    url: '/v1/test_helpers/journal',
    has_more: rows.length > limit,
    data: taken.slice(0, limit),
  });
};

function toLine(charge: ChargeRow) {
  return {
    id: charge.id,
    object: 'journal_line',
    amount: capturedOf(charge),
    currency: charge.currency,
    created: charge.created,
    payment_intent: charge.payment_intent,
    balance_transaction: charge.balance_transaction,
    attempt_id: charge.attempt_id,
    checkout_id: charge.metadata.checkout_id ?? null,
    order_ids: orderIds(charge.metadata.order_ids),
  };
}

/** Order ids travel as one metadata value, separated by commas. */
function orderIds(value = ''): string[] {
  return value
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
}
