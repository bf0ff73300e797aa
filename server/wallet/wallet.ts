import { pool, readSnapshot, run } from '#db';
import { AppError, type CurrencyCode, formatMinor } from '#kernel';
import { type AccountKind, type AccountView, findAccounts, findAccountsAt } from '#ledger';
import { type PendingPart, pendingParts } from './pending-parts.ts';

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
  /** What makes `pending` now, and when each part can be paid out; empty for a time in the past. */
  readonly pendingParts: readonly PendingPart[];
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
  /** The accounts behind them. */
  readonly accounts: readonly AccountView[];
}

export type WalletPart = 'available' | 'pending' | 'reserved' | 'inPayout';

/** Which accounts make which number. They hold what we owe, so their credit is shown as a positive amount. */
const PARTS: Partial<Record<AccountKind, WalletPart>> = {
  seller_available: 'available',
  seller_pending: 'pending',
  seller_reserved: 'reserved',
  payout_in_transit: 'inPayout',
};

/** The kind of account that each number stands on. */
export const KIND_OF_PART: Readonly<Record<WalletPart, AccountKind>> = {
  available: 'seller_available',
  pending: 'seller_pending',
  reserved: 'seller_reserved',
  inPayout: 'payout_in_transit',
};

/** The kinds of account that a wallet's total is made of. */
export const WALLET_KINDS: readonly AccountKind[] = Object.keys(PARTS) as AccountKind[];

/**
 * The wallet of an owner (`seller_456`, `user_123`), or of the one account with this code: sums over ledger accounts, stored
 * nowhere else. With a time: as the books stood then. Throws `not_found` for an id that neither the ledger nor the list of sellers
 * has seen.
 */
export async function getWallet(accountId: string, at?: Date): Promise<WalletView> {
  const { accounts, parts } = at
    ? { accounts: await findAccountsAt(accountId, at), parts: undefined }
    : await readSnapshot(async (on) => ({
        accounts: await findAccounts(accountId, on),
        parts: await pendingParts(on, ownerOf(accountId)),
      }));
  if (accounts.length === 0 && !(await isKnown(accountId))) {
    throw new AppError('not_found', `No account is known as ${accountId}.`, { param: 'account_id' });
  }
  return { accountId, balances: walletOf(accounts, parts), accounts };
}

/** Adds accounts up to one balance per currency. Pure. */
export function walletOf(
  accounts: readonly Pick<AccountView, 'kind' | 'currency' | 'balanceMinor'>[],
  parts: ReadonlyMap<CurrencyCode, readonly PendingPart[]> = new Map(),
): WalletBalance[] {
  return [...Map.groupBy(accounts, (account) => account.currency)].map(([currency, held]) => {
    const owed = (part: WalletPart) => -sum(held.filter(({ kind }) => PARTS[kind] === part));
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
      pendingParts: held.some(({ kind }) => kind === 'seller_pending') ? (parts.get(currency) ?? []) : [],
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

/** An account's code names its owner; an owner is named by itself. */
function ownerOf(accountId: string): string {
  return accountId.split(':')[1] ?? accountId;
}

async function isKnown(id: string): Promise<boolean> {
  const rows = await run(pool(), {
    name: 'owner-exists',
    text: 'select 1 from sellers where id = $1 union all select 1 from ledger_accounts where owner_id = $1 or code = $1 limit 1',
    values: [id],
  });
  return rows.length > 0;
}
