import { describe, expect, test } from 'vitest';
import { TEST_CARDS } from '../cards/test-cards.ts';
import { TEST_METHODS } from '../cards/test-methods.ts';
import { type Confirmation, confirmIntent } from './confirm-intent.ts';
import { newIntent } from './create-intent.ts';

function confirm(name: string, more: Partial<Confirmation> = {}) {
  const method = TEST_METHODS.find((one) => one.names.includes(name));
  if (!method) throw new Error(`no test method ${name}`);
  return confirmIntent({
    intent: newIntent({ amount: 1_000, currency: 'usd' }),
    method: method.row,
    now: 1_750_000_000,
    authentication: 'not_asked',
    challengeUrl: 'https://bank.example',
    unlucky: false,
    disputeAt: new Date(1_750_000_000_000),
    ...more,
  });
}

describe('confirming', () => {
  test.each(TEST_METHODS.map((method) => [method.names[0] ?? '', method] as const))(
    '%s keeps its promises',
    (name, method) => {
      for (const authentication of ['not_asked', 'absent', 'passed', 'failed'] as const) {
        const { intent, charge, booking, failure } = confirm(name, { authentication });
        const succeeded = intent.status === 'succeeded';
        expect(succeeded).toBe(charge?.status === 'succeeded');
        expect(booking !== null).toBe(succeeded);
        expect(intent.amount_received).toBe(succeeded ? 1_000 : 0);
        expect(failure !== null).toBe(intent.status === 'requires_payment_method');
        expect(intent.next_action !== null).toBe(intent.status === 'requires_action');
        if (failure) expect(intent.last_payment_error).toMatchObject(failure);
        if (method.row.behaviour.authentication === 'required' && authentication !== 'passed')
          expect(charge).toBeNull();
      }
    },
  );

  test('without luck is a plain decline', () => {
    expect(confirm('tok_visa', { unlucky: true }).failure?.decline_code).toBe('generic_decline');
  });

  test('money of the bypass card is available at once', () => {
    const { booking } = confirm('tok_bypassPending');
    expect(booking?.transaction.available_on).toBe(booking?.transaction.created);
    expect(booking?.entries.map((entry) => entry.account)).toContain('merchant_available');
  });
});

describe('the tables', () => {
  test('list each card once', () => {
    const numbers = TEST_CARDS.map((card) => card.number);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test('give each token to one method', () => {
    const names = TEST_METHODS.flatMap((method) => method.names);
    expect(new Set(names).size).toBe(names.length);
  });
});
