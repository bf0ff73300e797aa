import { readSnapshot, run } from '#db';
import type { CurrencyCode } from '#kernel';
import { type ClearingKind, OPEN_ITEMS } from './open-items.queries.ts';

/** Of each kind of account; all that was ever under way is read, on one snapshot, which holds up vacuum meanwhile. */
const LONGEST_QUERY = `set local statement_timeout = '10min'`;

/** Why a part of a balance stands where it stands. Amounts are minor units, debit positive. */
export interface OpenItem {
  /** Id of what is under way. */
  readonly subject: string;
  readonly amountMinor: bigint;
  readonly why: string;
}

/** A clearing account with what it consists of. */
export interface ExplainedAccount {
  /** `kind:owner:CUR`. */
  readonly code: string;
  readonly kind: ClearingKind;
  readonly currency: CurrencyCode;
  readonly balanceMinor: bigint;
  /** The largest first. */
  readonly items: readonly OpenItem[];
  /** What the items do not explain; anything but zero is a defect of the books. */
  readonly unexplainedMinor: bigint;
}

/**
 * Explains every clearing account by its open items, on one snapshot: money that was taken and is not settled, stands at the provider,
 * is on its way to a bank, is disputed, or has no place yet. Items come from the tables of what is under way, the balance from the
 * ledger, so that each checks the other. Accounts with neither are left out.
 */
export function explainClearing(): Promise<ExplainedAccount[]> {
  const kinds = Object.keys(OPEN_ITEMS) as ClearingKind[];
  return readSnapshot(async (on) => {
    await on.query(LONGEST_QUERY);
    const accounts: ExplainedAccount[] = [];
    for (const kind of kinds) {
      const rows = await run<Row>(on, { text: explained(kind), values: [kind] });
      accounts.push(...rows.map((row) => accountOf(kind, row)));
    }
    return accounts;
  });
}

interface Row extends Record<string, unknown> {
  readonly code: string;
  readonly currency: CurrencyCode;
  readonly balance: string;
  readonly items: readonly { readonly subject: string; readonly amount: string; readonly why: string }[];
}

const explained = (kind: ClearingKind): string => `
  with open as (${OPEN_ITEMS[kind]}), grouped as (
    select $1 || ':' || owner || ':' || currency as code, currency,
      json_agg(json_build_object('subject', subject, 'amount', amount::text, 'why', why) order by abs(amount) desc, subject) as items
    from open group by owner, currency
  )
  select coalesce(a.code, g.code) as code, coalesce(a.currency, g.currency) as currency, coalesce(a.balance, 0)::text as balance,
    coalesce(g.items, '[]') as items
  from (select * from ledger_accounts where kind = $1 and balance <> 0) a full join grouped g on g.code = a.code
  order by 1`;

function accountOf(kind: ClearingKind, { code, currency, balance, items: rows }: Row): ExplainedAccount {
  const items = rows.map(({ subject, amount, why }) => ({ subject, amountMinor: BigInt(amount), why }));
  const balanceMinor = BigInt(balance);
  const explainedMinor = items.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  return { code, kind, currency, balanceMinor, items, unexplainedMinor: balanceMinor - explainedMinor };
}
