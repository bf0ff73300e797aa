import { type Queryable, run } from '#db';
import { type CurrencyCode, formatMinor } from '#kernel';

/** A part of what is pending, and when it can be paid out: null as long as the provider has not said when it settles. */
export interface PendingPart {
  readonly availableOn: Date | null;
  readonly amount: string;
}

/** What a seller waits for, by currency, soonest first; what has no date yet comes last. */
export async function pendingParts(on: Queryable, sellerId: string): Promise<ReadonlyMap<CurrencyCode, PendingPart[]>> {
  const rows = await run<{ currency: CurrencyCode; available_on: Date | null; amount: string }>(on, {
    name: 'pending-parts',
    text: `select currency, available_on, sum(pending_minor)::text as amount from order_funds
           where seller_id = $1 and released_at is null and pending_minor > 0
           group by currency, available_on order by currency, available_on nulls last`,
    values: [sellerId],
  });
  const byCurrency = Map.groupBy(rows, (row) => row.currency);
  return new Map(
    [...byCurrency].map(([currency, parts]) => [
      currency,
      parts.map(({ available_on: availableOn, amount }) => ({
        availableOn,
        amount: formatMinor(BigInt(amount), currency),
      })),
    ]),
  );
}
