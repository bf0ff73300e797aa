import type { CurrencyCode, Money } from '#kernel';
import { type AccountRef, PLATFORM } from './chart.ts';
import { createPosting, type Posting } from './postings.ts';

/**
 * A movement of our balance at the PSP: `psp_clearing` changes by the gross less the fee, the fee is our expense, and the other side
 * is whoever the gross belongs to: the buyer that a charge was taken from or a refund goes to, our bank for a payout, suspense when
 * nobody knows. `gross` is signed as the PSP signs it: what it adds to our balance there.
 */
export function pspSettled(settled: {
  readonly balanceTransactionId: string;
  readonly other: AccountRef;
  readonly gross: Money;
  readonly feeMinor: bigint;
  readonly at: Date;
  /** The settlement it takes back, if it does. */
  readonly reversalOf?: string | undefined;
}): Posting {
  const { other, gross, feeMinor, reversalOf } = settled;
  const { amountMinor, currency } = gross;
  return createPosting({
    kind: 'psp_settled',
    sourceId: settled.balanceTransactionId,
    effectiveAt: settled.at,
    ...(reversalOf !== undefined && { reversalOf }),
    legs: [
      { account: { kind: 'psp_clearing', ownerId: PLATFORM, currency }, amountMinor: amountMinor - feeMinor },
      { account: { kind: 'psp_fees', ownerId: PLATFORM, currency }, amountMinor: feeMinor },
      { account: other, amountMinor: -amountMinor },
    ],
  });
}

/**
 * Earnings that were waited for can be paid out from now on: what is left of an order (`sourceId` is its id), or what a refund that
 * failed late gave back to an order which had become available meanwhile (`sourceId` is the refund's id).
 */
export function fundsAvailable(funds: {
  readonly sourceId: string;
  readonly sellerId: string;
  readonly currency: CurrencyCode;
  readonly amountMinor: bigint;
  readonly at: Date;
}): Posting {
  const { sellerId: ownerId, currency, amountMinor } = funds;
  return createPosting({
    kind: 'funds_available',
    sourceId: funds.sourceId,
    effectiveAt: funds.at,
    legs: [
      { account: { kind: 'seller_pending', ownerId, currency }, amountMinor },
      { account: { kind: 'seller_available', ownerId, currency }, amountMinor: -amountMinor },
    ],
  });
}
