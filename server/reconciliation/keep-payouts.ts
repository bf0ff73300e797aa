import { columns, pool, run } from '#db';
import { type ListedPayout, psp } from '#psp';

/** Days before the one in question whose payouts are looked at as well: the one before tells what was left for this one. */
const DAYS_BEFORE = 31;

/** Learns which payouts arrive at our bank up to a day of the provider's clock. Answers why not, when it does not say. */
export async function keepPayouts(day: string): Promise<string | null> {
  const from = new Date(Date.parse(`${day}T00:00:00Z`) - DAYS_BEFORE * 86_400_000).toISOString().slice(0, 10);
  for (let after: string | null = null; ; ) {
    const page = await psp().listBankPayouts({ from, through: day, after });
    if (page.kind !== 'payouts') return page.reason;
    await insertPayouts(page.payouts);
    after = page.hasMore ? (page.payouts.at(-1)?.id ?? null) : null;
    if (after === null) return null;
  }
}

/** One that is here already stays as it is. */
async function insertPayouts(payouts: readonly ListedPayout[]): Promise<void> {
  await run(pool(), {
    name: 'insert-bank-payouts',
    text: `insert into psp_bank_payouts (id, currency, amount_minor, automatic, balance_transaction_id, created_at, arrives_on)
           select * from unnest($1::text[], $2::char(3)[], $3::bigint[], $4::boolean[], $5::text[], $6::timestamptz[],
                                $7::date[])
           on conflict (id) do nothing`,
    values: columns(
      payouts,
      (one) => one.id,
      (one) => one.currency,
      (one) => one.amountMinor,
      (one) => one.automatic,
      (one) => one.balanceTransactionId,
      (one) => one.createdAt,
      (one) => one.arrivesOn,
    ),
  });
}
