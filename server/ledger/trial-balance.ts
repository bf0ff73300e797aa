import { databaseTime, pool, run } from '#db';
import type { CurrencyCode } from '#kernel';
import type { AccountKind } from './chart.ts';

/** Both sides of one kind of account in one currency, in minor units; a side is never negative. */
export interface TrialBalanceLine {
  readonly kind: AccountKind;
  readonly currency: CurrencyCode;
  readonly accounts: number;
  readonly debitsMinor: bigint;
  readonly creditsMinor: bigint;
}

export interface TrialBalanceCurrency {
  readonly currency: CurrencyCode;
  readonly debitsMinor: bigint;
  readonly creditsMinor: bigint;
  /** Debits less credits: zero, or the books are wrong. */
  readonly differenceMinor: bigint;
  readonly balanced: boolean;
  readonly lines: readonly TrialBalanceLine[];
}

export interface TrialBalance {
  /** Whether every currency balances; true for empty books. */
  readonly balanced: boolean;
  readonly currencies: readonly TrialBalanceCurrency[];
  readonly asOf: Date;
}

/**
 * The trial balance: each account's balance stands in its debit or its credit column, and the columns of a currency must be
 * equal. Read from the accounts in one statement, so it is one moment of the books; the audit recomputes the accounts
 * themselves from every entry.
 */
export async function trialBalance(): Promise<TrialBalance> {
  const rows = await run<{
    as_of: Date;
    kind: AccountKind | null;
    currency: CurrencyCode;
    accounts: number;
    debits: string;
    credits: string;
  }>(pool(), {
    name: 'trial-balance',
    text: `select now() as as_of, s.* from (values (1)) as one
           left join (
             select kind, currency, count(*)::int as accounts, coalesce(sum(balance) filter (where balance > 0), 0)::text as debits,
                    coalesce(-sum(balance) filter (where balance < 0), 0)::text as credits
             from ledger_accounts group by kind, currency
           ) s on true
           order by s.currency, s.kind`,
  });
  const asOf = rows[0]?.as_of ?? databaseTime();
  const lines = rows.flatMap(({ kind, currency, accounts, debits, credits }) =>
    kind === null ? [] : [{ kind, currency, accounts, debitsMinor: BigInt(debits), creditsMinor: BigInt(credits) }],
  );
  const currencies = [...Map.groupBy(lines, (line) => line.currency)].map(([currency, ofCurrency]) =>
    totalOf(currency, ofCurrency),
  );
  return { balanced: currencies.every((one) => one.balanced), currencies, asOf };
}

function totalOf(currency: CurrencyCode, lines: readonly TrialBalanceLine[]): TrialBalanceCurrency {
  const debitsMinor = lines.reduce((sum, line) => sum + line.debitsMinor, 0n);
  const creditsMinor = lines.reduce((sum, line) => sum + line.creditsMinor, 0n);
  const differenceMinor = debitsMinor - creditsMinor;
  return { currency, debitsMinor, creditsMinor, differenceMinor, balanced: differenceMinor === 0n, lines };
}
