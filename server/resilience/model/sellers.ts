import { CURRENCIES } from '#kernel';
import type { Tables } from './tables.ts';

/** Commission of an order: hundredths of a per cent and a fixed part. */
type Terms = readonly [basisPoints: bigint, fixedMinor: bigint];

/** Sellers that are known before, with what they pay; any other pays what the platform asks of everyone. */
export const SELLERS: Readonly<Record<string, Terms>> = {
  free: [0n, 0n],
  one: [1n, 0n],
  usual: [250n, 0n],
  odd: [3_333n, 7n],
  flat: [0n, 30n],
  all: [10_000n, 0n],
};
export const EVERYONE: Terms = [250n, 0n];

/** Opens the sellers that are known before, and the plans of all. A fixed part is of a currency, so it makes a plan for each. */
export function openSellers({ sellers, feePlans }: Tables): void {
  const add = (seller_id: string | null, currency: string | null, [basisPoints, fixed_minor]: Terms) =>
    feePlans.push({ id: BigInt(feePlans.length + 1), seller_id, currency, bps: Number(basisPoints), fixed_minor });
  add(null, null, EVERYONE);
  for (const [id, terms] of Object.entries(SELLERS)) {
    sellers.set(id, {});
    for (const currency of terms[1] === 0n ? [null] : CURRENCIES) add(id, currency, terms);
  }
}
