import { Agent, request } from 'node:http';
import { newId } from '#kernel';
import { quantile } from '../kit/numbers.ts';

/** What to send, as JSON in LOAD. */
export interface LoadOrder {
  readonly url: string;
  readonly apiKey: string;
  /** Connections that stay open; each sends its next request when the last one is answered. */
  readonly callers: number;
  readonly seconds: number;
  /** Payments in one request; 1 uses the door for single payments. */
  readonly payments: number;
  /** The door is going to be killed: end when a connection is cut, and report what was acknowledged until then. */
  readonly untilCut?: boolean;
}

/** What came back, as the last line of output. */
export interface LoadReport {
  readonly payments: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were no success, counted by what they were; empty unless something is wrong. */
  readonly refusals: Record<string, number>;
  /** Requests whose connection failed. */
  readonly errors: number;
  /** Ids of the payments that were answered with success; only with `untilCut`. */
  readonly acknowledged: readonly string[];
  /** Of this process. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

interface Payment {
  readonly checkout_id: string;
  readonly payment_orders: readonly { readonly status: string }[];
}

const SELLERS = 1_000;
const BUYERS = 10_000;

const order = JSON.parse(process.env.LOAD ?? '{}') as LoadOrder;
const single = order.payments === 1;
const target = new URL(single ? '/api/v1/payments' : '/api/v1/payments/bulk', order.url);
const agent = new Agent({ keepAlive: true, maxSockets: order.callers });
const headers = { authorization: `Bearer ${order.apiKey}`, 'content-type': 'application/json' };

const refusals: Record<string, number> = {};
const latencies: number[] = [];
const acknowledged: string[] = [];
let payments = 0;
let errors = 0;

console.log('started');
const [cpuBefore, started] = [process.cpuUsage(), performance.now()];
const until = started + order.seconds * 1000;
await Promise.all(Array.from({ length: order.callers }, call));
const seconds = (performance.now() - started) / 1000;
const cpu = process.cpuUsage(cpuBefore);
const sorted = Float64Array.from(latencies).sort();
const report: LoadReport = {
  payments,
  seconds,
  p50Ms: quantile(sorted, 0.5),
  p99Ms: quantile(sorted, 0.99),
  refusals,
  errors,
  acknowledged,
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
  residentBytes: process.resourceUsage().maxRSS * 1024,
};
console.log(JSON.stringify(report));
agent.destroy();

/** One caller: the next request follows the answer of the last; what is under way at the end is waited for, and counts. */
async function call(): Promise<void> {
  for (let now = performance.now(); now < until && !(order.untilCut && errors > 0); ) {
    try {
      judge(await post(nextBody()));
    } catch {
      errors += 1;
    }
    const answered = performance.now();
    latencies.push(answered - now);
    now = answered;
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function post(body: string): Promise<Answer> {
  return new Promise((done, fail) => {
    const options = { method: 'POST', agent, headers: { ...headers, 'content-length': Buffer.byteLength(body) } };
    const outgoing = request(target, options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('end', () => done({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      incoming.once('error', fail);
    });
    outgoing.once('error', fail).end(body);
  });
}

function nextBody(): string {
  return JSON.stringify(single ? nextPayment() : { payments: Array.from({ length: order.payments }, nextPayment) });
}

function nextPayment() {
  return {
    checkout_id: newId('checkout'),
    buyer_info: { user_id: `buyer_${draw(BUYERS)}`, email: 'buyer@example.com', name: 'Load Buyer' },
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

/** Every answer is read: a payment counts when it was taken and all its orders have succeeded. */
function judge({ status, text }: Answer): void {
  if (status !== (single ? 202 : 200)) {
    count(`http_${status}`);
    return;
  }
  const answer = JSON.parse(text) as Payment & { results: { status: number; payment?: Payment }[] };
  for (const result of single ? [{ status, payment: answer }] : answer.results) {
    const orders = result.payment?.payment_orders ?? [];
    if (result.status !== 202) count(`http_${result.status}`);
    else if (orders.length !== 1 || orders[0]?.status !== 'SUCCESS') count(`order_${orders[0]?.status}`);
    else {
      payments += 1;
      if (order.untilCut && result.payment) acknowledged.push(result.payment.checkout_id);
    }
  }
}

function count(refusal: string): void {
  refusals[refusal] = (refusals[refusal] ?? 0) + 1;
}

function draw(limit: number): number {
  return 1 + Math.floor(Math.random() * limit);
}
