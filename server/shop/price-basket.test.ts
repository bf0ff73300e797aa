import { describe, expect, it } from 'vitest';
import { MAX_QUANTITY, priceBasket } from './price-basket.ts';

const PRODUCTS = [
  { id: 'bowl', sellerId: 'seller_456', name: 'Walnut bowl', priceMinor: 2999n, currency: 'USD' },
  { id: 'cap', sellerId: 'seller_wool', name: 'Watch cap', priceMinor: 3600n, currency: 'USD' },
  { id: 'piano', sellerId: 'seller_wool', name: 'Piano', priceMinor: 99_999_999n, currency: 'USD' },
  { id: 'cup', sellerId: 'seller_hoshi', name: 'Cup', priceMinor: 3200n, currency: 'JPY' },
];

describe('priceBasket', () => {
  it('prices every line from the catalogue and adds up to the total', () => {
    expect(
      priceBasket(
        [
          { productId: 'bowl', quantity: 2 },
          { productId: 'cap', quantity: 1 },
        ],
        PRODUCTS,
      ),
    ).toEqual({
      currency: 'USD',
      totalMinor: 9598n,
      lines: [
        { sellerId: 'seller_456', description: 'Walnut bowl × 2', amountMinor: 5998n },
        { sellerId: 'seller_wool', description: 'Watch cap', amountMinor: 3600n },
      ],
    });
  });

  it.each([
    ['an empty basket', [], 'validation_failed'],
    ['an unknown product', [{ productId: 'ghost', quantity: 1 }], 'not_found'],
    [
      'two currencies',
      [
        { productId: 'bowl', quantity: 1 },
        { productId: 'cup', quantity: 1 },
      ],
      'currency_mixed',
    ],
    [
      'a product named twice',
      [
        { productId: 'bowl', quantity: 1 },
        { productId: 'bowl', quantity: 1 },
      ],
      'validation_failed',
    ],
    ['nothing of something', [{ productId: 'bowl', quantity: 0 }], 'validation_failed'],
    ['a negative quantity', [{ productId: 'bowl', quantity: -1 }], 'validation_failed'],
    ['half a bowl', [{ productId: 'bowl', quantity: 0.5 }], 'validation_failed'],
    ['too many', [{ productId: 'bowl', quantity: MAX_QUANTITY + 1 }], 'validation_failed'],
    ['more than a card can carry', [{ productId: 'piano', quantity: 2 }], 'amount_too_large'],
  ])('refuses %s', (_what, items, code) => {
    expect(() => priceBasket(items, PRODUCTS)).toThrow(expect.objectContaining({ code }));
  });
});
