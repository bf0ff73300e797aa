import type pg from 'pg';
import { lanePool } from '#db';
import { type CurrencyCode, newId } from '#kernel';
import { createPosting, PLATFORM, postBatch, type TransactionKind } from '#ledger';

/** What makes money available is not of this module: its kind may not be there yet. */
const FUNDS = 'funds_available' as TransactionKind;

/** Gives a seller money that it can have. */
export async function makeAvailable(
  owner: pg.Pool,
  sellerId: string,
  amountMinor: bigint,
  currency: CurrencyCode = 'USD',
): Promise<void> {
  await owner.query(`alter type ledger_transaction_kind add value if not exists '${FUNDS}'`);
  const posting = createPosting({
    kind: FUNDS,
    sourceId: newId('funds'),
    effectiveAt: new Date(),
    legs: [
      { account: { kind: 'psp_clearing', ownerId: PLATFORM, currency }, amountMinor },
      { account: { kind: 'seller_available', ownerId: sellerId, currency }, amountMinor: -amountMinor },
    ],
  });
  await postBatch(lanePool(), [posting]);
}

/** A verified seller with a bank account in dollars. */
export async function openPayableSeller(owner: pg.Pool, sellerId: string): Promise<void> {
  await owner.query(
    `insert into sellers (id, display_name, verification) values ($1, 'Seller', 'verified')
     on conflict (id) do update set verification = 'verified'`,
    [sellerId],
  );
  await owner.query(`insert into payout_accounts (seller_id, psp_account_id) values ($1, 'acct_' || $1)`, [sellerId]);
  await openBank(owner, sellerId, 'USD');
}

export async function openBank(owner: pg.Pool, sellerId: string, currency: CurrencyCode): Promise<void> {
  await owner.query(
    `insert into bank_accounts (id, seller_id, psp_bank_account_id, country, currency, bank_name, last4, fingerprint, added_by)
     values ($1, $2, 'psp_' || $1, 'US', $3, 'STRIPE TEST BANK', '6789', 'print', 'user:test')`,
    [newId('ba'), sellerId, currency],
  );
}
