import type pg from 'pg';
import type { Statement } from '#db';
import { assert, type CurrencyCode } from '#kernel';

/** The terms of one version of a commission plan; they never change. */
export interface FeePlan {
  readonly id: bigint;
  /** Basis points of the gross amount. */
  readonly bps: number;
  /** Added to them, in minor units of the order's currency. */
  readonly fixedMinor: bigint;
}

/** The plans in force now for these sellers, the platform's own among them: of each seller and currency the newest version. */
export function readFeePlans(sellerIds: readonly string[]): Statement {
  return {
    name: 'fee-plans-in-force',
    text: `select distinct on (seller_id, currency) id, seller_id, currency, bps, fixed_minor from fee_plans
           where valid_from <= now() and (seller_id is null or seller_id = any($1::text[]))
           order by seller_id, currency, valid_from desc`,
    values: [sellerIds],
  };
}

/** Chooses among plans in force. The most specific holds: the seller's own before the platform's, of a currency before of all. */
export class FeePlans {
  readonly #plans: ReadonlyMap<string, FeePlan>;

  /** Takes the rows of {@link readFeePlans}. */
  constructor(rows: readonly pg.QueryResultRow[]) {
    this.#plans = new Map(
      rows.map((row) => [
        key(row.seller_id, row.currency),
        { id: row.id, bps: row.bps, fixedMinor: row.fixed_minor } satisfies FeePlan,
      ]),
    );
  }

  planOf(sellerId: string, currency: CurrencyCode): FeePlan {
    const plan =
      this.#plans.get(key(sellerId, currency)) ??
      this.#plans.get(key(sellerId, null)) ??
      this.#plans.get(key(null, currency)) ??
      this.#plans.get(key(null, null));
    assert(plan, 'the platform has a commission plan for every currency');
    return plan;
  }
}

/** Neither a seller's id nor a currency holds a space. */
function key(sellerId: string | null, currency: string | null): string {
  return `${sellerId ?? ''} ${currency ?? ''}`;
}
