import { randomBytes } from 'node:crypto';
import { type CurrencyCode, formatMinor, parseAmount, splitCommission } from '#kernel';
import type { Client, Order } from './client.ts';
import type { Report } from './report.ts';

/** What the platform keeps of each order of a seller that it meets for the first time, in basis points. */
const COMMISSION_BPS = 250;
export const CURRENCY: CurrencyCode = 'USD';

/** One run of the demo: ids of its own, so that it can be run again and again, and what it expects the books to say. */
export interface Run {
  readonly api: Client;
  readonly report: Report;
  readonly buyer: { user_id: string; email: string; name: string };
  readonly sellers: readonly [string, string];
  /** A new id such as `order_x7k2p9_3`. */
  id(kind: string): string;
  /** The body of POST /payments for one card; the two sellers take turns. */
  payment(token: string, amounts: readonly string[]): PaymentBody;
  /** Remembers orders that were charged, seller by seller. */
  charged(body: PaymentBody, orders: readonly Order[]): void;
  readonly expected: Expected[];
}

export interface PaymentBody {
  readonly checkout_id: string;
  readonly buyer_info: Run['buyer'];
  readonly credit_card_info: { token: string };
  readonly payment_orders: readonly {
    payment_order_id: string;
    seller_account: string;
    amount: string;
    currency: string;
  }[];
}

/** An order that the books must know. */
export interface Expected {
  readonly orderId: string;
  readonly seller: string;
  readonly grossMinor: bigint;
  readonly netMinor: bigint;
}

export function newRun(api: Client, report: Report): Run {
  const tag = randomBytes(4)
    .toString('hex')
    .replaceAll(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? 'x');
  const buyer = { user_id: `user_${tag}`, email: 'buyer@example.com', name: 'John Doe' };
  const sellers = [`seller_${tag}_books`, `seller_${tag}_mugs`] as const;
  const expected: Expected[] = [];
  let count = 0;
  let orders = 0;
  const id = (kind: string) => `${kind}_${tag}_${++count}`;
  return {
    api,
    report,
    buyer,
    sellers,
    expected,
    id,
    payment: (token, amounts) => ({
      checkout_id: id('checkout'),
      buyer_info: buyer,
      credit_card_info: { token },
      payment_orders: amounts.map((amount) => ({
        payment_order_id: id('order'),
        seller_account: sellers[orders++ % 2] ?? sellers[0],
        amount,
        currency: CURRENCY,
      })),
    }),
    charged: (body, orders) => {
      const done = new Set(orders.filter(({ status }) => status === 'SUCCESS').map((order) => order.payment_order_id));
      for (const { payment_order_id: orderId, seller_account: seller, amount } of body.payment_orders) {
        if (!done.has(orderId)) continue;
        const { amountMinor: grossMinor } = parseAmount(amount, CURRENCY);
        expected.push({ orderId, seller, grossMinor, netMinor: splitCommission(grossMinor, COMMISSION_BPS).netMinor });
      }
    },
  };
}

export function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

export function decimal(amountMinor: bigint): string {
  return formatMinor(amountMinor, CURRENCY);
}
