import type pg from 'pg';
import { lanePool } from '#db';
import { assert, type CurrencyCode, newId } from '#kernel';
import { createPosting, orderCaptured, postBatch, type TransactionKind } from '#ledger';

/** What makes money available is not of this module: its kind may not be there yet. */
const FUNDS = 'funds_available' as TransactionKind;

/** Needs the owner of the tables; the other functions here do only the first time. */
export async function knowFunds(owner: pg.Pool): Promise<void> {
  const { rowCount } = await owner.query('select from pg_enum where enumlabel = $1', [FUNDS]);
  if (rowCount === 0) await owner.query(`alter type ledger_transaction_kind add value if not exists '${FUNDS}'`);
}

/** Makes money available that a seller has earned; a negative amount takes it back. */
export async function makeAvailable(
  owner: pg.Pool,
  sellerId: string,
  amountMinor: bigint,
  currency: CurrencyCode = 'USD',
): Promise<void> {
  await knowFunds(owner);
  const posting = createPosting({
    kind: FUNDS,
    sourceId: newId('funds'),
    effectiveAt: new Date(),
    legs: [
      { account: { kind: 'seller_pending', ownerId: sellerId, currency }, amountMinor },
      { account: { kind: 'seller_available', ownerId: sellerId, currency }, amountMinor: -amountMinor },
    ],
  });
  const [verdict] = await postBatch(lanePool(), [posting]);
  assert(verdict?.kind === 'posted', 'only what was earned is made available');
}

/** Money earned by a sale that nobody made, and available at once: for tests that look at nothing but the money. */
export async function earn(
  owner: pg.Pool,
  sellerId: string,
  amountMinor: bigint,
  currency: CurrencyCode = 'USD',
): Promise<void> {
  const sale = orderCaptured({
    paymentOrderId: newId('order'),
    buyerId: 'buyer',
    sellerId,
    gross: { amountMinor, currency },
    commissionMinor: 0n,
    capturedAt: new Date(),
  });
  await postBatch(lanePool(), [sale]);
  await makeAvailable(owner, sellerId, amountMinor, currency);
}

/** A verified seller with a bank account in dollars; with its account at the PSP when it is to be paid really. */
export async function openPayableSeller(owner: pg.Pool, sellerId: string, pspAccountId?: string): Promise<void> {
  await owner.query(
    `insert into sellers (id, display_name, verification) values ($1, 'Seller', 'verified')
     on conflict (id) do update set verification = 'verified'`,
    [sellerId],
  );
  if (pspAccountId)
    await owner.query('insert into payout_accounts (seller_id, psp_account_id) values ($1, $2)', [
      sellerId,
      pspAccountId,
    ]);
  await openBank(owner, sellerId, 'USD');
}

export async function openBank(owner: pg.Pool, sellerId: string, currency: CurrencyCode): Promise<void> {
  await owner.query(
    `insert into bank_accounts (id, seller_id, psp_bank_account_id, country, currency, bank_name, last4, fingerprint, added_by)
     values ($1, $2, 'psp_' || $1, 'US', $3, 'STRIPE TEST BANK', '6789', 'print', 'user:test')`,
    [newId('ba'), sellerId, currency],
  );
}
