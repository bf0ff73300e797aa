import fc from 'fast-check';
import { expect, test } from 'vitest';
import { walletOf } from './wallet.ts';

const KINDS = [
  'seller_available',
  'seller_pending',
  'seller_reserved',
  'payout_in_transit',
  'buyer',
  'platform_fees',
] as const;

test('what the platform owes is shown positive; what the seller owes is negative', () => {
  const [balance] = walletOf([
    { kind: 'seller_pending', currency: 'USD', balanceMinor: -2_924n },
    { kind: 'seller_available', currency: 'USD', balanceMinor: 100n },
  ]);
  expect(balance).toMatchObject({
    pending: '29.24',
    available: '-1.00',
    total: '28.24',
    reserved: '0.00',
    inPayout: '0.00',
  });
});

test('currencies never mix, and each is written with its own decimals', () => {
  const balances = walletOf([
    { kind: 'seller_pending', currency: 'JPY', balanceMinor: -500n },
    { kind: 'seller_pending', currency: 'KWD', balanceMinor: -1_234n },
  ]);
  expect(balances.map(({ currency, total }) => [currency, total])).toEqual([
    ['JPY', '500'],
    ['KWD', '1.234'],
  ]);
});

test('a buyer has a receivable and no wallet total', () => {
  expect(walletOf([{ kind: 'buyer', currency: 'USD', balanceMinor: 2_999n }])).toMatchObject([
    { receivable: '29.99', total: '0.00' },
  ]);
});

test('the four numbers always add up to the total', () => {
  const account = fc.record({
    kind: fc.constantFrom(...KINDS),
    currency: fc.constant('JPY' as const),
    balanceMinor: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
  });
  fc.assert(
    fc.property(fc.array(account, { minLength: 1, maxLength: 12 }), (accounts) => {
      for (const { available, pending, reserved, inPayout, total } of walletOf(accounts)) {
        expect([available, pending, reserved, inPayout].reduce((sum, part) => sum + BigInt(part), 0n)).toBe(
          BigInt(total),
        );
      }
    }),
  );
});
