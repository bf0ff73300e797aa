import { pool, run } from '#db';
import { type CurrencyCode, formatMinor } from '#kernel';

/** A version of a commission plan that holds now, or will. */
export interface FeePlanView {
  readonly id: string;
  /** Null: every seller without a plan of its own. */
  readonly sellerName: string | null;
  /** Null: every currency without a plan of its own. */
  readonly currency: CurrencyCode | null;
  /** Basis points of the gross amount. */
  readonly bps: number;
  /** Added to them, as a decimal string; null without a fixed part. */
  readonly fixed: string | null;
  readonly validFrom: Date;
  /** Not in force yet. */
  readonly planned: boolean;
}

/** Most plans that are listed; the platform's own come first. */
const MOST_PLANS = 500;

export interface FeePlans {
  readonly plans: readonly FeePlanView[];
  /** There are more than are listed. */
  readonly more: boolean;
}

/** The commission plans in force and those that are planned, the platform's first, then seller by seller. */
export async function listFeePlans(): Promise<FeePlans> {
  const rows = await run<
    Omit<FeePlanView, 'fixed'> & { readonly fixed_minor: bigint; readonly [column: string]: unknown }
  >(pool(), {
    text: `select p.id::text, s.display_name as "sellerName", p.currency, p.bps, p.fixed_minor, p.valid_from as "validFrom",
                    p.valid_from > now() as planned
             from fee_plans p left join sellers s on s.id = p.seller_id
             where p.valid_from > now() or p.id in (
               select distinct on (seller_id, currency) id from fee_plans where valid_from <= now()
               order by seller_id, currency, valid_from desc)
             order by p.seller_id is not null, s.display_name, p.seller_id, p.currency nulls first, p.valid_from limit $1`,
    values: [MOST_PLANS + 1],
  });
  const plans = rows
    .slice(0, MOST_PLANS)
    .map(({ id, sellerName, currency, bps, fixed_minor: fixedMinor, validFrom, planned }) => {
      const fixed = currency && fixedMinor > 0n ? formatMinor(fixedMinor, currency) : null;
      return { id, sellerName, currency, bps, fixed, validFrom, planned };
    });
  return { plans, more: rows.length > MOST_PLANS };
}
