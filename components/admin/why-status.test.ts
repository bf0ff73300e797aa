import { expect, test } from 'vitest';
import { ORDER_STATUS, type OrderStatus, REFUND_STATUS, type RefundStatus } from '../status/statuses.ts';
import { whyStatus } from './why-status.ts';

type Payment = Parameters<typeof whyStatus>[0];

const payment = (
  states: readonly OrderStatus[],
  attempt: Partial<Payment['attempts'][number]> = {},
  refunds: readonly { readonly state: RefundStatus }[] = [],
) =>
  ({
    checkout: { orders: states.map((status) => ({ status })) },
    attempts: [{ state: 'DECLINED', declineCode: null, error: null, tries: 0, ...attempt }],
    refunds,
  }) as unknown as Payment;

test.each(Object.keys(ORDER_STATUS) as OrderStatus[])(
  '%s has a sentence without a word of ours in capitals',
  (state) => {
    const sentence = whyStatus(payment([state]));
    expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(sentence).not.toMatch(/[A-Z]{3,}|_/);
  },
);

test('a decline is told in plain words', () => {
  expect(whyStatus(payment(['FAILED'], { declineCode: 'insufficient_funds' }))).toContain(
    'declined: insufficient funds',
  );
});

test('what presses most is told, with how much is paid', () => {
  expect(whyStatus(payment(['SUCCESS', 'UNKNOWN'], { error: 'timeout' }))).toMatch(
    /^1 of 2 orders paid\. .*\(timeout\)/,
  );
});

test.each(Object.keys(REFUND_STATUS) as RefundStatus[])(
  'a late payment whose refund is %s is told by its refund',
  (state) => {
    const sentence = whyStatus(payment(['AUTO_REFUNDING'], {}, [{ state }]));
    expect(sentence).toContain(REFUND_STATUS[state].meaning);
    expect(sentence).not.toMatch(/[A-Z]{3,}|_/);
  },
);
