import type { CurrencyCode } from '#kernel';
import { PLATFORM } from './chart.ts';
import { createPosting, type Leg, type Posting } from './postings.ts';

/** What one seller bears of a dispute, in minor units. */
export interface SellerShare {
  readonly sellerId: string;
  readonly shareMinor: bigint;
}

interface DisputedMoney {
  readonly disputeId: string;
  readonly currency: CurrencyCode;
  readonly withdrawnMinor: bigint;
  /** They add up to no more than was withdrawn; the rest is the platform's. */
  readonly shares: readonly SellerShare[];
  readonly at: Date;
}

/** The PSP took the disputed amount and a fee: the sellers' shares are reserved, the amount is a claim until the bank decides. */
export function disputeOpened(dispute: DisputedMoney & { readonly feeMinor: bigint }): Posting {
  const { disputeId, currency, withdrawnMinor, feeMinor, at } = dispute;
  return createPosting({
    kind: 'dispute_opened',
    sourceId: disputeId,
    effectiveAt: at,
    legs: [
      ...sellerLegs(dispute, 'seller_available', 1n),
      ...sellerLegs(dispute, 'seller_reserved', -1n),
      platformLeg('dispute_receivable', currency, withdrawnMinor),
      platformLeg('psp_fees', currency, feeMinor),
      platformLeg('psp_clearing', currency, -withdrawnMinor - feeMinor),
    ],
  });
}

/** The bank decided for the seller: the PSP gave the amount back, and the fee where it does; the shares are available again. */
export function disputeWon(dispute: DisputedMoney & { readonly feeReturnedMinor: bigint }): Posting {
  const { disputeId, currency, withdrawnMinor, feeReturnedMinor, at } = dispute;
  return createPosting({
    kind: 'dispute_won',
    sourceId: disputeId,
    effectiveAt: at,
    legs: [
      platformLeg('psp_clearing', currency, withdrawnMinor + feeReturnedMinor),
      platformLeg('psp_fees', currency, -feeReturnedMinor),
      platformLeg('dispute_receivable', currency, -withdrawnMinor),
      ...sellerLegs(dispute, 'seller_reserved', 1n),
      ...sellerLegs(dispute, 'seller_available', -1n),
    ],
  });
}

/** The bank decided for the buyer, or the dispute was accepted: each seller loses the share, the platform what is left. */
export function disputeLost(dispute: DisputedMoney): Posting {
  const { disputeId, currency, withdrawnMinor, shares, at } = dispute;
  const borne = shares.reduce((sum, { shareMinor }) => sum + shareMinor, 0n);
  return createPosting({
    kind: 'dispute_lost',
    sourceId: disputeId,
    effectiveAt: at,
    legs: [
      ...sellerLegs(dispute, 'seller_reserved', 1n),
      platformLeg('platform_loss', currency, withdrawnMinor - borne),
      platformLeg('dispute_receivable', currency, -withdrawnMinor),
    ],
  });
}

/** One leg per seller, however many orders of one are disputed. */
function sellerLegs(
  { shares, currency }: DisputedMoney,
  kind: 'seller_available' | 'seller_reserved',
  sign: 1n | -1n,
): Leg[] {
  return [...Map.groupBy(shares, (share) => share.sellerId)].map(([ownerId, all]) => ({
    account: { kind, ownerId, currency },
    amountMinor: sign * all.reduce((sum, { shareMinor }) => sum + shareMinor, 0n),
  }));
}

function platformLeg(
  kind: 'dispute_receivable' | 'psp_fees' | 'psp_clearing' | 'platform_loss',
  currency: CurrencyCode,
  amountMinor: bigint,
): Leg {
  return { account: { kind, ownerId: PLATFORM, currency }, amountMinor };
}
