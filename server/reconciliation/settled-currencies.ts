import { pool, run } from '#db';
import { isCurrencyCode } from '#kernel';

/** A currency that the provider has settled. */
export interface SettledCurrency {
  readonly currency: string;
  /** When its first movement was made, on the provider's clock: before that there is nothing to reconcile. */
  readonly since: Date;
}

/** Every currency that the provider has settled, by name. Goes from one currency to the next by an index, however many movements there are. */
export async function settledCurrencies(): Promise<SettledCurrency[]> {
  const rows = await run<{ currency: string; since: Date }>(pool(), {
    text: `with recursive settled as (
             (select currency, created_at from psp_balance_transactions order by currency, created_at limit 1)
             union all
             select next.* from settled, lateral (
               select t.currency, t.created_at from psp_balance_transactions t
               where t.currency > settled.currency order by t.currency, t.created_at limit 1
             ) next
           )
           select currency, created_at as since from settled`,
  });
  return rows.filter((row) => isCurrencyCode(row.currency));
}
