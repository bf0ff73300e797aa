import type { CurrencyCode } from '#kernel';

type AccountType = 'asset' | 'liability' | 'revenue' | 'expense';

/** The side a balance must stay on. Debits are positive, so `debit` means ≥ 0 and `credit` means ≤ 0. */
export type BalanceRule = 'debit' | 'credit' | 'either';

interface AccountKindRule {
  readonly type: AccountType;
  readonly balanceRule: BalanceRule;
  /** What the balance means, in a sentence for screens and documents. */
  readonly holds: string;
}

/**
 * The chart of accounts: one account per kind, owner and currency. The platform's own accounts have the owner `platform`.
 * `either` stands where a refund or dispute may turn the balance round; what may never happen has a side, kept by the database.
 */
export const CHART = {
  buyer: { type: 'asset', balanceRule: 'either', holds: 'taken from this buyer by the PSP for us and not yet settled' },
  seller_pending: { type: 'liability', balanceRule: 'credit', holds: 'earned by the seller, not yet available' },
  seller_available: { type: 'liability', balanceRule: 'either', holds: 'can be paid out to the seller' },
  seller_reserved: {
    type: 'liability',
    balanceRule: 'credit',
    holds: 'held back for a dispute, a reserve or an approval',
  },
  platform_fees: { type: 'revenue', balanceRule: 'either', holds: 'commission earned by the platform' },
  psp_clearing: { type: 'asset', balanceRule: 'either', holds: 'settled by the PSP, not yet in our bank' },
  psp_fees: { type: 'expense', balanceRule: 'either', holds: 'what the PSP keeps' },
  bank_cash: { type: 'asset', balanceRule: 'either', holds: 'our bank account, per bank statement' },
  payout_in_transit: { type: 'liability', balanceRule: 'credit', holds: "sent to sellers' banks, not confirmed" },
  dispute_receivable: { type: 'asset', balanceRule: 'debit', holds: 'withdrawn by the PSP while a dispute is open' },
  platform_loss: {
    type: 'expense',
    balanceRule: 'debit',
    holds: 'write-offs and lost disputes that a seller cannot bear',
  },
  suspense: {
    type: 'liability',
    balanceRule: 'either',
    holds: 'money whose place is not decided yet, each part with an open item',
  },
  fx_clearing: { type: 'asset', balanceRule: 'either', holds: 'the two sides of a currency exchange' },
} as const satisfies Record<string, AccountKindRule>;

export type AccountKind = keyof typeof CHART;

/** Owner of the accounts that belong to nobody but the platform. */
export const PLATFORM = 'platform';

export interface AccountRef {
  readonly kind: AccountKind;
  readonly ownerId: string;
  readonly currency: CurrencyCode;
}

/** The account's readable code: `kind:owner:CUR`, for example `seller_pending:seller_456:USD`. */
export function accountCode({ kind, ownerId, currency }: AccountRef): string {
  return `${kind}:${ownerId}:${currency}`;
}
