import { assert } from './assert.ts';

/**
 * Spreads an amount over parts by their weights: each gets the floor of its share, the minor units that are left go to the part
 * `remainderTo` as far as its weight reaches, then to the others in their order. No part gets more than its weight, none less than
 * nothing, and they add up to the amount exactly. The amount must not be above the sum of the weights.
 */
export function spread(amountMinor: bigint, weights: readonly bigint[], remainderTo = 0): bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  assert(
    amountMinor >= 0n && amountMinor <= total && weights.every((weight) => weight >= 0n),
    'parts have room for the amount',
  );
  if (total === 0n) return weights.map(() => 0n);
  const parts = weights.map((weight) => (amountMinor * weight) / total);
  let left = amountMinor - parts.reduce((sum, part) => sum + part, 0n);
  for (const index of [remainderTo, ...weights.keys()]) {
    const room = (weights[index] ?? 0n) - (parts[index] ?? 0n);
    const more = left < room ? left : room;
    parts[index] = (parts[index] ?? 0n) + more;
    left -= more;
  }
  return parts;
}
