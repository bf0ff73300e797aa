import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { auditBooks } from '#audit';
import { lanePool, pool } from '#db';
import { type CurrencyCode, parseAmount } from '#kernel';
import {
  type CheckoutView,
  drainPayments,
  getCheckout,
  type OrderState,
  type PaymentRequest,
  resolveAttempts,
} from '#payments';

import { openRefunds, submitRefunds } from '#refunds';
import { bookTransactions, readFeed, releaseFunds } from '#settlement';
import { handleInbox } from '#webhooks';
import { openOwnerPool } from './owner-pool.ts';
import { createTestDatabase, type MigratedDatabase } from './postgres.ts';
import { openPspDesk, type PspDesk } from './psp-desk.ts';
import { startSimulator, type TestSimulator } from './simulator.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';
import { startWire, type Wire } from './wire.ts';

/** Longest wait for a state, and the pause between two looks, in milliseconds. */
const REACH_MS = 15_000;
const LOOK_MS = 20;

export interface PaymentSystem extends PspDesk {
  readonly database: MigratedDatabase;
  readonly simulator: TestSimulator;
  /** The line between this process and the simulator. */
  readonly wire: Wire;
  /** Superuser connection. */
  readonly owner: pg.Pool;
  /** Lets the time until the next look at every open attempt pass, and looks once. */
  resolveNow(): Promise<number>;
  /** Opens the refunds that are due, lets the time until the next look at every open refund pass, and looks once. */
  refundNow(): Promise<number>;
  /** Reads what the provider has settled, books it, and makes available what is due, as if the time until the next look had passed. */
  settleNow(): Promise<void>;
  /** Handles the webhooks that wait; answers how many there were. */
  handleInbox(): Promise<number>;
  /** Waits until every order of a checkout is in the state; `resolving` looks at open attempts meanwhile, as the worker does. */
  reaches(checkoutId: string, state: OrderState, options?: { readonly resolving?: boolean }): Promise<CheckoutView>;
  /** Invariants that do not hold, and payments that the provider's journal and our books do not agree about. */
  problems(): Promise<string[]>;
  stop(): Promise<void>;
}

export interface PaymentSystemOptions {
  /** Whether the simulator sends its webhooks here; they wait in the inbox until somebody handles it. */
  readonly webhooks?: boolean;
  /** Variables of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Variables of the simulator. */
  readonly simulatorEnv?: Record<string, string>;
}

/** This process as the application: a database of its own, the simulator as a process beside it, a line between that can fail. */
export async function startPaymentSystem(label: string, options: PaymentSystemOptions = {}): Promise<PaymentSystem> {
  const receiver = options.webhooks ? await startWebhookReceiver() : undefined;
  const simulatorEnv = { PSP_WEBHOOK_URL: receiver?.url ?? 'none', ...options.simulatorEnv };
  const [database, simulator] = await Promise.all([createTestDatabase(label), startSimulator(simulatorEnv)]);
  const wire = await startWire(simulator.url);
  const env = { DATABASE_URL: database.url, PSP_BASE_URL: wire.url, PSP_TIMEOUT_MS: '2000', LOG_LEVEL: 'silent' };
  Object.assign(process.env, env, options.env);
  const owner = openOwnerPool(database.url);
  const desk = openPspDesk(simulator);
  return {
    ...desk,
    database,
    simulator,
    wire,
    owner,
    resolveNow: () => resolveNow(owner),
    refundNow: () => refundNow(owner),
    settleNow: () => settleNow(owner),
    handleInbox: () => handleInbox(200),
    reaches: (checkoutId, state, { resolving = false } = {}) => reach(owner, checkoutId, state, resolving),
    problems: () => findProblems(desk, owner),
    stop: async () => {
      await drainPayments();
      await wire.unplug();
      await simulator.stop();
      await receiver?.stop();
      await Promise.all([pool().end(), lanePool().end(), owner.end()]);
      await database.drop();
    },
  };
}

async function resolveNow(owner: pg.Pool): Promise<number> {
  await makeDue(owner);
  return resolveAttempts(500);
}

async function refundNow(owner: pg.Pool): Promise<number> {
  const opened = await openRefunds(500);
  await owner.query('update refunds set resolve_at = now() where finished_at is null');
  return opened + (await submitRefunds(500));
}

async function settleNow(owner: pg.Pool): Promise<void> {
  await owner.query('update psp_feeds set read_at = now()');
  while ((await readFeed()) > 0) await owner.query('update psp_feeds set read_at = now() where page_after is not null');
  await owner.query(`update psp_balance_transactions set look_at = now() where state = 'waiting'`);
  while ((await bookTransactions(100)) > 0);
  while ((await releaseFunds(100)) > 0);
}

async function reach(owner: pg.Pool, checkoutId: string, state: OrderState, resolving: boolean): Promise<CheckoutView> {
  for (const deadline = performance.now() + REACH_MS; ; await delay(LOOK_MS)) {
    if (resolving) await resolveNow(owner);
    const checkout = await getCheckout(checkoutId);
    if (checkout.orders.every((order) => order.status === state)) return checkout;
    const states = checkout.orders.map((order) => order.status);
    if (performance.now() > deadline)
      throw new Error(`${checkoutId} is ${states.join(', ')} and never became ${state}`);
  }
}

/** As if the time until the next look at every open attempt had passed. */
export async function makeDue(owner: pg.Pool): Promise<void> {
  await owner.query(
    'update payment_attempts set resolve_at = now() where finished_at is null and resolve_at is not null',
  );
}

/** What the audit finds, and every difference between what the provider took and gave back and what our books say of it. */
export async function findProblems(desk: Pick<PspDesk, 'charges' | 'refunds'>, owner: pg.Pool): Promise<string[]> {
  const broken = (await auditBooks()).filter((check) => check.violations > 0);
  const taken = await linesOf(
    owner,
    `select id, amount_minor, currency from payment_attempts where state = 'SUCCEEDED'`,
  );
  const given = await linesOf(owner, `select id, amount_minor, currency from refunds where state = 'SUCCEEDED'`);
  const theirTaken = (await desk.charges()).map((one) => `${one.attempt_id} ${one.amount} ${one.currency}`);
  const theirGiven = (await desk.refunds())
    .filter((one) => one.status === 'succeeded')
    .map((one) => `${one.refund_id} ${one.amount} ${one.currency}`);
  return [
    ...broken.map(({ id, subjects }) => `${id}: ${subjects.join(', ')}`),
    ...without(theirTaken, taken).map((line) => `taken by the provider, not in our books: ${line}`),
    ...without(taken, theirTaken).map((line) => `in our books, not taken by the provider: ${line}`),
    ...without(theirGiven, given).map((line) => `given back by the provider, not in our books: ${line}`),
    ...without(given, theirGiven).map((line) => `in our books, not given back by the provider: ${line}`),
  ];
}

async function linesOf(owner: pg.Pool, text: string): Promise<string[]> {
  const { rows } = await owner.query<{ id: string; amount_minor: string; currency: string }>(`${text} order by id`);
  return rows.map((row) => `${row.id} ${row.amount_minor} ${row.currency.toLowerCase()}`);
}

/** What is left of `lines` when each of `others` takes one away. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...lines];
  for (const other of others) {
    const place = left.indexOf(other);
    if (place >= 0) left.splice(place, 1);
  }
  return left;
}

let made = 0;

/** A payment with ids of its own: one order of 29.99 USD unless `orders` says otherwise. */
export function samplePayment(
  change: { token?: string; orders?: readonly { amount?: string; currency?: CurrencyCode; seller?: string }[] } = {},
): PaymentRequest {
  made += 1;
  const checkoutId = `checkout_${process.pid}_${made}`;
  return {
    checkoutId,
    buyer: { userId: 'user_123', email: 'buyer@example.com', name: 'John Doe' },
    payment: { token: change.token ?? 'tok_visa_4242', last4: '4242' },
    orders: (change.orders ?? [{}]).map(({ amount = '29.99', currency = 'USD', seller = 'seller_456' }, index) => ({
      paymentOrderId: `${checkoutId}.order_${index + 1}`,
      sellerAccount: seller,
      amount: parseAmount(amount, currency),
    })),
  };
}
