import { newId } from '#kernel';

/** A captured order without commission: the buyer's account is debited, the seller's credited. The smallest real posting. */
export interface Transfer {
  readonly orderId: string;
  readonly buyerId: string;
  readonly sellerId: string;
  readonly amountMinor: bigint;
}

/** One way of posting to a ledger. */
export interface Contender {
  readonly name: string;
  /** Posts one transfer; resolves once it is committed and rejects when it is anything but posted. */
  post(transfer: Transfer): Promise<void>;
  close(): Promise<void>;
}

export type Load = 'spread' | 'hot';

/** Accounts of each side: enough that spread transfers hardly ever meet, few enough to fit the cache of a small server. */
export const BUYERS = 5_000;
export const SELLERS = 5_000;

export const buyerId = (number: number) => `buyer_${number}`;
export const sellerId = (number: number) => `seller_${number}`;

/** Draws transfers: buyers at random; the seller at random too, or always the same one. */
export function nextTransfer(load: Load): Transfer {
  return {
    orderId: newId('order'),
    buyerId: buyerId(draw(BUYERS)),
    sellerId: sellerId(load === 'hot' ? 1 : draw(SELLERS)),
    amountMinor: BigInt(100 + draw(10_000)),
  };
}

function draw(limit: number): number {
  return 1 + Math.floor(Math.random() * limit);
}
