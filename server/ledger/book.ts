import { columns, type Statement } from '#db';
import { assert } from '#kernel';
import { type AccountRef, accountCode, type BalanceRule, CHART } from './chart.ts';
import type { Posting } from './postings.ts';

/** An account as it was read and locked at the start of the transaction. */
export interface LockedAccount {
  readonly id: bigint;
  readonly code: string;
  readonly balance: bigint;
  readonly version: bigint;
}

/** What became of a posting. `refused` leaves no trace. */
export type PostingVerdict =
  | { readonly kind: 'posted'; readonly transactionId: string }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused'; readonly reason: 'balance_side'; readonly account: string };

interface Entry {
  readonly accountId: bigint;
  readonly accountSeq: bigint;
  readonly transactionId: string;
  readonly amountMinor: bigint;
  readonly balanceAfter: bigint;
  readonly currency: string;
}

interface OpenAccount {
  readonly locked: LockedAccount;
  readonly rule: BalanceRule;
  /** The side of what the account holds: ending on the other one takes more than is there. */
  readonly coveredRule: BalanceRule;
  readonly entries: Entry[];
  balance: bigint;
  version: bigint;
}

/** Types of account that hold what we owe or earned. */
const CREDIT_TYPES: ReadonlySet<string> = new Set(['liability', 'revenue']);

/**
 * The locked accounts of one transaction, in memory. Postings are decided here one after the other, in arrival order; each
 * touched account is then written once, however many entries it got. Pure: no input or output until {@link Book.writes}.
 */
export class Book {
  readonly #accounts = new Map<string, OpenAccount>();
  readonly #postings: Posting[] = [];

  constructor(accounts: readonly LockedAccount[]) {
    for (const locked of accounts) {
      const kind = locked.code.slice(0, locked.code.indexOf(':')) as keyof typeof CHART;
      this.#accounts.set(locked.code, {
        locked,
        rule: CHART[kind].balanceRule,
        coveredRule: CREDIT_TYPES.has(CHART[kind].type) ? 'credit' : 'debit',
        entries: [],
        balance: locked.balance,
        version: locked.version,
      });
    }
  }

  /** Takes a posting in, or refuses it when an account would end on the wrong side. */
  post(posting: Posting): PostingVerdict {
    for (const [code, account, sum] of this.#sums(posting)) {
      if (!allows(posting.covered ? account.coveredRule : account.rule, account.balance + sum))
        return { kind: 'refused', reason: 'balance_side', account: code };
    }
    for (const leg of posting.legs) {
      const account = this.#account(accountCode(leg.account));
      account.balance += leg.amountMinor;
      account.version += 1n;
      account.entries.push({
        accountId: account.locked.id,
        accountSeq: account.version,
        transactionId: posting.id,
        amountMinor: leg.amountMinor,
        balanceAfter: account.balance,
        currency: leg.account.currency,
      });
    }
    this.#postings.push(posting);
    return { kind: 'posted', transactionId: posting.id };
  }

  /** An account as it stands after what was taken in so far. */
  at(ref: AccountRef): LockedAccount {
    const { locked, balance, version } = this.#account(accountCode(ref));
    return { ...locked, balance, version };
  }

  /** Everything taken in, as one statement: the database checks the whole set at its end. Empty when nothing was posted. */
  writes(): Statement[] {
    if (this.#postings.length === 0) return [];
    const touched = [...this.#accounts.values()].filter((account) => account.entries.length > 0);
    // Account by account, as their index is ordered: neighbours in the batch are neighbours on the page.
    const entries = touched.flatMap((account) => account.entries);
    return [
      {
        name: 'write-book',
        text: WRITE_BOOK,
        values: [
          ...columns(
            this.#postings,
            (posting) => posting.id,
            (posting) => posting.kind,
            (posting) => posting.legs.length,
            (posting) => posting.sourceId,
            (posting) => posting.effectiveAt,
            (posting) => posting.reversalOf ?? null,
          ),
          ...columns(
            entries,
            (entry) => entry.accountId,
            (entry) => entry.accountSeq,
            (entry) => entry.transactionId,
            (entry) => entry.amountMinor,
            (entry) => entry.balanceAfter,
            (entry) => entry.currency,
          ),
          ...columns(
            touched,
            (account) => account.locked.id,
            (account) => account.locked.version,
            (account) => account.balance,
            (account) => account.version,
          ),
        ],
        expectRows: touched.length,
      },
    ];
  }

  /** Net change per account, so that a posting with two legs on one account is judged by where it ends. */
  #sums(posting: Posting): [string, OpenAccount, bigint][] {
    const sums = new Map<string, bigint>();
    for (const leg of posting.legs) {
      const code = accountCode(leg.account);
      sums.set(code, (sums.get(code) ?? 0n) + leg.amountMinor);
    }
    return [...sums].map(([code, sum]) => [code, this.#account(code), sum]);
  }

  #account(code: string): OpenAccount {
    const account = this.#accounts.get(code);
    assert(account, `${code} was not locked before posting to it`);
    return account;
  }
}

function allows(rule: BalanceRule, balance: bigint): boolean {
  return rule === 'either' || (rule === 'debit' ? balance >= 0n : balance <= 0n);
}

/** The version condition is the fence: an account that somebody else moved is not updated, and the row count says so. */
const WRITE_BOOK = `
with transactions as (
  insert into ledger_transactions (id, kind, legs, source_id, effective_at, reversal_of)
  select * from unnest($1::uuid[], $2::ledger_transaction_kind[], $3::smallint[], $4::text[], $5::timestamptz[], $6::uuid[])
), entries as (
  insert into ledger_entries (account_id, account_seq, transaction_id, amount_minor, balance_after, currency)
  select * from unnest($7::bigint[], $8::bigint[], $9::uuid[], $10::bigint[], $11::bigint[], $12::char(3)[])
)
update ledger_accounts a set balance = moved.balance, version = moved.version
from unnest($13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[]) moved (id, version_read, balance, version)
where a.id = moved.id and a.version = moved.version_read`;
