import { appendFileSync } from 'node:fs';
import autocannon from 'autocannon';
import { newId } from '#kernel';

/** What to send, as JSON in LOAD. */
export interface LoadOrder {
  readonly url: string;
  readonly apiKey: string;
  readonly connections: number;
  readonly seconds: number;
  /** Payments in one request; 1 uses the door for single payments. */
  readonly payments: number;
  /** Ids of acknowledged orders are added to this file, one a line with the state that was answered. */
  readonly acknowledgedFile?: string;
}

/** What came back, as the last line of output. */
export interface LoadReport {
  readonly payments: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How many payments ended in each state; `http_500` and the like where the answer was no payment. */
  readonly verdicts: Record<string, number>;
  readonly connectionErrors: number;
}

interface Payment {
  readonly payment_orders: readonly { readonly payment_order_id: string; readonly status: string }[];
}

const SELLERS = 1_000;
const BUYERS = 10_000;

const order = JSON.parse(process.env.LOAD ?? '{}') as LoadOrder;
const verdicts: Record<string, number> = {};

const result = await autocannon({
  url: order.url,
  connections: order.connections,
  duration: order.seconds,
  requests: [
    {
      method: 'POST',
      path: order.payments === 1 ? '/api/v1/payments' : '/api/v1/payments/bulk',
      headers: { authorization: `Bearer ${order.apiKey}`, 'content-type': 'application/json', prefer: 'wait=20' },
      setupRequest: (request) => ({ ...request, body: nextBody(order.payments) }),
      onResponse: (status, body) => note(status, body),
    },
  ],
});
const payments = verdicts.SUCCESS ?? 0;
const report: LoadReport = {
  payments,
  perSecond: payments / result.duration,
  p50Ms: result.latency.p50,
  p99Ms: result.latency.p99,
  verdicts,
  connectionErrors: result.errors,
};
console.log(JSON.stringify(report));

function nextBody(count: number): string {
  return JSON.stringify(count === 1 ? nextPayment() : { payments: Array.from({ length: count }, nextPayment) });
}

function nextPayment() {
  return {
    checkout_id: newId('checkout'),
    buyer_info: { user_id: `user_${draw(BUYERS)}`, email: 'buyer@example.com', name: 'Load Buyer' },
    credit_card_info: { token: 'tok_visa_4242', last4: '4242' },
    payment_orders: [
      {
        payment_order_id: newId('order'),
        seller_account: `seller_${draw(SELLERS)}`,
        amount: `${draw(99)}.${String(draw(99)).padStart(2, '0')}`,
        currency: 'USD',
      },
    ],
  };
}

function note(status: number, body: string): void {
  if (status !== 200 && status !== 202) {
    count(`http_${status}`);
    return;
  }
  const answer = JSON.parse(body) as Payment & { results?: { status: number; payment?: Payment }[] };
  for (const result of answer.results ?? [{ status, payment: answer }]) {
    const [paid] = result.payment?.payment_orders ?? [];
    count(paid?.status ?? `http_${result.status}`);
    if (paid && order.acknowledgedFile)
      appendFileSync(order.acknowledgedFile, `${paid.payment_order_id} ${paid.status}\n`);
  }
}

function count(verdict: string): void {
  verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
}

function draw(limit: number): number {
  return 1 + Math.floor(Math.random() * limit);
}
