import { pool, run } from '#db';
import { AppError, type CurrencyCode, formatMinor } from '#kernel';
import { type AccountKind, type AccountView, findAccounts } from '#ledger';

/**
 * What the platform owes a seller in one currency, as decimal strings. `total` is the sum of the four parts. An amount is
 * negative when the seller owes the platform.
 */
export interface WalletBalance {
  readonly currency: CurrencyCode;
  /** Can be paid out. */
  readonly available: string;
  /** Earned, not yet available. */
  readonly pending: string;
  /** Held back for a dispute, a reserve or an approval. */
  readonly reserved: string;
  /** Sent to the bank, not yet confirmed. */
  readonly inPayout: string;
  readonly total: string;
  /** What the payment provider took from this owner as a buyer and has not settled; not part of `total`. */
  readonly receivable: string;
}

export interface WalletView {
  readonly accountId: string;
  /** One per currency the owner ever moved, in the order of the code; empty for a seller that never sold. */
  readonly balances: readonly WalletBalance[];
}

type Part = 'available' | 'pending' | 'reserved' | 'inPayout';

/** Which accounts make which number. They hold what we owe, so their credit is shown as a positive amount. */
const PARTS: Partial<Record<AccountKind, Part>> = {
  seller_available: 'available',
  seller_pending: 'pending',
  seller_reserved: 'reserved',
  payout_in_transit: 'inPayout',
};

/** The kinds of account that a wallet's total is made of. */
export const WALLET_KINDS: readonly AccountKind[] = Object.keys(PARTS) as AccountKind[];

/**
 * The wallet of an owner (`seller_456`, `user_123`), or of the one account with this code: sums over ledger accounts, stored
 * nowhere else. Throws `not_found` for an id that neither the ledger nor the list of sellers has seen.
 */
export async function getWallet(accountId: string): Promise<WalletView> {
  const accounts = await findAccounts(accountId);
  if (accounts.length === 0 && !(await isSeller(accountId))) {
    throw new AppError('not_found', `No account is known as ${accountId}.`, { param: 'account_id' });
  }
  return { accountId, balances: walletOf(accounts) };
}

/** Adds accounts up to one balance per currency. Pure. */
export function walletOf(
  accounts: readonly Pick<AccountView, 'kind' | 'currency' | 'balanceMinor'>[],
): WalletBalance[] {
  return [...Map.groupBy(accounts, (account) => account.currency)].map(([currency, held]) => {
    const owed = (part: Part) => -sum(held.filter(({ kind }) => PARTS[kind] === part));
    const minor = {
      available: owed('available'),
      pending: owed('pending'),
      reserved: owed('reserved'),
      inPayout: owed('inPayout'),
    };
    const decimal = (amountMinor: bigint) => formatMinor(amountMinor, currency);
    return {
      currency,
      available: decimal(minor.available),
      pending: decimal(minor.pending),
      reserved: decimal(minor.reserved),
      inPayout: decimal(minor.inPayout),
      total: decimal(minor.available + minor.pending + minor.reserved + minor.inPayout),
      receivable: decimal(sum(held.filter(({ kind }) => kind === 'buyer'))),
    };
  });
}

function sum(accounts: readonly Pick<AccountView, 'balanceMinor'>[]): bigint {
  return accounts.reduce((total, { balanceMinor }) => total + balanceMinor, 0n);
}

async function isSeller(id: string): Promise<boolean> {
  const rows = await run(pool(), { name: 'seller-exists', text: 'select 1 from sellers where id = $1', values: [id] });
  return rows.length > 0;
}
