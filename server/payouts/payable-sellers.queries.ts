import { pool, run } from '#db';
import { AppError, type CurrencyCode, formatMinor } from '#kernel';
import { PAYOUT_RULES } from './payout-rules.ts';
import type { PayoutSchedule } from './payout-schedule.ts';
import type { BankView } from './payouts.queries.ts';

/** What stands between a seller and its money. */
export interface PayoutSettings {
  readonly sellerId: string;
  readonly verified: boolean;
  /** The current bank account of each currency. */
  readonly banks: readonly BankView[];
  readonly schedule: PayoutSchedule & { readonly nextOn: string | null };
  /** What could be paid out now, in each currency with a balance; decimal strings. */
  readonly available: readonly {
    readonly currency: CurrencyCode;
    readonly amount: string;
    readonly minimum: string;
    readonly approvalAbove: string;
  }[];
}

/** Where and how a seller is paid. Throws `not_found`. */
export async function getPayoutSettings(sellerId: string): Promise<PayoutSettings> {
  const [row] = await run<{
    verification: string;
    every: PayoutSchedule['every'] | null;
    on_day: number | null;
    next_on: string | null;
    banks: BankView[];
    balances: { currency: CurrencyCode; balance: string }[];
  }>(pool(), {
    name: 'payout-settings',
    text: `select s.verification, p.every, p.on_day, p.next_on::text,
             coalesce((select json_agg(json_build_object('id', b.id, 'bankName', b.bank_name, 'country', b.country, 'currency', b.currency,
                         'last4', b.last4, 'state', b.state, 'failureCode', b.failure_code) order by b.currency)
                       from bank_accounts b where b.seller_id = s.id and b.replaced_at is null), '[]') as banks,
             coalesce((select json_agg(json_build_object('currency', a.currency, 'balance', a.balance::text) order by a.currency)
                       from ledger_accounts a where a.owner_id = s.id and a.kind = 'seller_available'), '[]') as balances
           from sellers s left join payout_schedules p on p.seller_id = s.id where s.id = $1`,
    values: [sellerId],
  });
  if (!row) throw new AppError('not_found', `There is no seller ${sellerId}.`, { param: 'seller_id' });
  const { verification, every, on_day: onDay, next_on: nextOn, banks, balances } = row;
  return {
    sellerId,
    verified: verification === 'verified',
    banks,
    schedule: { every: every ?? 'manual', onDay, nextOn } as PayoutSettings['schedule'],
    available: balances.map(({ currency, balance }) => {
      const { minimumMinor, approvalAboveMinor } = PAYOUT_RULES[currency];
      return {
        currency,
        amount: formatMinor(-BigInt(balance), currency),
        minimum: formatMinor(minimumMinor, currency),
        approvalAbove: formatMinor(approvalAboveMinor, currency),
      };
    }),
  };
}

/** A seller that earns and waits to be verified by a person. */
export interface UnverifiedSeller {
  readonly sellerId: string;
  readonly name: string;
  readonly openedAt: Date;
  readonly orders: number;
}

/** Sellers on one page of those that wait. */
const MAX_WAITING = 100;

/** Sellers that nobody has verified yet, the oldest first, at most 100. */
export async function unverifiedSellers(): Promise<UnverifiedSeller[]> {
  return run<{ [Key in keyof UnverifiedSeller]: UnverifiedSeller[Key] }>(pool(), {
    name: 'unverified-sellers',
    text: `select s.id as "sellerId", s.display_name as name, s.opened_at as "openedAt",
             (select count(*)::int from payment_orders o where o.seller_id = s.id) as orders
           from sellers s where s.verification = 'unverified' order by s.opened_at, s.id limit $1`,
    values: [MAX_WAITING],
  });
}
