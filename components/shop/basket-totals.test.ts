import { expect, it } from 'vitest';
import { basketSections } from './basket-totals.ts';

const catalogue = {
  sellers: [{ id: 's1', name: 'Alder', tagline: '' }],
  products: [
    { id: 'bowl', sellerId: 's1', name: 'Bowl', description: '', price: '29.99', currency: 'USD', art: 'bowl' },
    { id: 'cup', sellerId: 's1', name: 'Cup', description: '', price: '3200', currency: 'JPY', art: 'cup' },
  ],
};

it('keeps currencies apart and multiplies exactly', () => {
  const sections = basketSections(
    [
      { productId: 'bowl', quantity: 3 },
      { productId: 'cup', quantity: 2 },
    ],
    catalogue,
  );
  expect(sections.map(({ currency, total }) => [currency, total])).toEqual([
    ['USD', '89.97'],
    ['JPY', '6400'],
  ]);
});

it('leaves out what is no longer sold', () => {
  expect(basketSections([{ productId: 'gone', quantity: 1 }], catalogue)).toEqual([]);
});
