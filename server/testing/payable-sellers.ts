import type pg from 'pg';
import { lanePool } from '#db';
import { assert, type CurrencyCode, newId } from '#kernel';
import { createPosting, fundsAvailable, orderCaptured, postBatch } from '#ledger';

/** An order's earnings become available, as if its charge had been settled and its day had come. */
export async function releaseEarnings(owner: pg.Pool, paymentOrderId: string): Promise<void> {
  const { rows } = await owner.query(
    `with before as (select * from order_funds where payment_order_id = $1)
     update order_funds f set pending_minor = 0, available_on = now(), released_at = now()
     from before b where f.payment_order_id = b.payment_order_id and f.released_at is null returning b.*`,
    [paymentOrderId],
  );
  assert(rows.length === 1, 'only what is waited for becomes available');
  const { seller_id: sellerId, currency, pending_minor: pending } = rows[0];
  const funds = { sourceId: paymentOrderId, sellerId, currency, amountMinor: BigInt(pending), at: new Date() };
  const [verdict] = await postBatch(lanePool(), [fundsAvailable(funds)]);
  assert(verdict?.kind === 'posted', 'what is released is booked');
}

/** Moves money between what a seller waits for and what it has, as nothing in the product does: for tests that look at nothing but the money. */
async function shift(sellerId: string, amountMinor: bigint, currency: CurrencyCode): Promise<void> {
  const posting = createPosting({
    kind: 'funds_available',
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

/** Takes from what a seller has available, which may make it owe. */
export function owe(sellerId: string, amountMinor: bigint): Promise<void> {
  return shift(sellerId, -amountMinor, 'USD');
}

/** Money earned by a sale that nobody made, and available at once: for tests that look at nothing but the money. */
export async function earn(sellerId: string, amountMinor: bigint, currency: CurrencyCode = 'USD'): Promise<void> {
  const sale = orderCaptured({
    paymentOrderId: newId('order'),
    buyerId: 'buyer',
    sellerId,
    gross: { amountMinor, currency },
    commissionMinor: 0n,
    capturedAt: new Date(),
  });
  await postBatch(lanePool(), [sale]);
  await shift(sellerId, amountMinor, currency);
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
