import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { hashApiKey } from '#auth';
import { lanePool, pool } from '#db';
import { drainPayments } from '#payments';
import {
  createEmptyDatabase,
  createTestDatabase,
  freePort,
  openOwnerPool,
  startProcess,
  type TestProcess,
} from '#testing';
import { api } from './app.ts';

export const KEY = 'sk_test_the_key_of_the_shop_under_test';
export const OTHER_KEY = 'sk_test_the_key_of_another_shop_somewhere';

/** Anything a test looks into without declaring its shape. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads parsed JSON field by field, and a wrong field fails the assertion
type Json = any;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Json;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly key?: string | null;
  readonly headers?: Record<string, string>;
}

export interface ApiSystem {
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  /** What the provider's own journal says it charged for an order. */
  charges(orderId: string): Promise<{ amount: number; currency: string }[]>;
  /** Rows in every table that a payment could leave something in. */
  countRows(): Promise<number>;
  stop(): Promise<void>;
}

/** The real app in this process, on a real database, with the real simulator as a process beside it. */
export async function startApiSystem(simulatorSettings: Record<string, string> = {}): Promise<ApiSystem> {
  const [database, books, port] = await Promise.all([
    createTestDatabase('api'),
    createEmptyDatabase('api_psp'),
    freePort(),
  ]);
  const pspUrl = `http://127.0.0.1:${port}`;
  Object.assign(process.env, { DATABASE_URL: database.url, PSP_BASE_URL: pspUrl, LOG_LEVEL: 'fatal' });
  const simulator = await startProcess({
    name: 'psp',
    script: 'server/psp-simulator/main.ts',
    env: { PSP_PORT: String(port), PSP_DATABASE_URL: books.url, PSP_WEBHOOK_URL: 'none', ...simulatorSettings },
    ready: { url: `${pspUrl}/health` },
  });
  const owner = openOwnerPool(database.url);
  await addApiKeys(owner);
  return {
    call,
    charges: (orderId) => chargesOf(pspUrl, orderId),
    countRows: () => countRows(owner),
    stop: async () => {
      await drainPayments();
      await simulator.stop();
      await Promise.all([pool().end(), lanePool().end(), owner.end()]);
      await Promise.all([database.drop(), books.drop()]);
    },
  };
}

export async function addApiKeys(owner: pg.Pool): Promise<void> {
  for (const [id, key] of [
    ['shop', KEY],
    ['other', OTHER_KEY],
  ] as const) {
    await owner.query('insert into api_keys (id, name, prefix, key_hash) values ($1, $1, $2, $3)', [
      id,
      'sk_test_',
      hashApiKey(key),
    ]);
  }
}

/** Calls the app of this process. */
export async function call(method: string, path: string, options: CallOptions = {}): Promise<Reply> {
  return toReply(await api().fetch(toRequest('http://api.test', method, path, options)));
}

export function toRequest(
  origin: string,
  method: string,
  path: string,
  { body, key = KEY, headers = {} }: CallOptions = {},
): Request {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Request(`${origin}/api/v1${path}`, {
    method,
    headers: {
      ...(key !== null && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: text ?? null,
  });
}

async function toReply(response: Response): Promise<Reply> {
  const answer = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text: answer,
    json: answer.startsWith('{') ? JSON.parse(answer) : undefined,
  };
}

async function chargesOf(pspUrl: string, orderId: string): Promise<{ amount: number; currency: string }[]> {
  const response = await fetch(`${pspUrl}/v1/test_helpers/journal?order_id=${encodeURIComponent(orderId)}`, {
    headers: { authorization: 'Bearer sk_test_simulator_platform_secret_key' },
  });
  const { data } = (await response.json()) as { data: { amount: number; currency: string }[] };
  return data;
}

async function countRows(owner: pg.Pool): Promise<number> {
  const { rows } = await owner.query<{ rows: number }>(
    `select (select count(*) from payment_events) + (select count(*) from payment_orders) + (select count(*) from payment_attempts)
          + (select count(*) from ledger_accounts) + (select count(*) from idempotency_keys) + (select count(*) from sellers)
          + (select count(*) from outbox) as rows`,
  );
  return Number(rows[0]?.rows);
}

export interface Door {
  readonly process: TestProcess;
  readonly url: string;
  /** Where its metrics and health are. */
  readonly operationsUrl: string;
}

/** The API as a process of its own, on this process's database and simulator. */
export async function openDoor(env: Record<string, string> = {}): Promise<Door> {
  const [port, operationsPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const process = await startProcess({
    name: 'api',
    script: 'server/api/main.ts',
    env: { API_PORT: String(port), API_METRICS_PORT: String(operationsPort), LOG_LEVEL: 'info', ...env },
    ready: { url: `${url}/api/health/live` },
  });
  return { process, url, operationsUrl: `http://127.0.0.1:${operationsPort}` };
}

/** Sends a payment to a door. */
export function pay(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/api/v1/payments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

let count = 0;

/** The example of the API's documentation, word for word but with ids of its own. */
export function examplePayment(change: { amount?: unknown; currency?: unknown; token?: string; orders?: number } = {}) {
  const { amount = '29.99', currency = 'USD', token = 'tok_visa_4242', orders = 1 } = change;
  count += 1;
  return {
    checkout_id: `checkout_${count}`,
    buyer_info: { user_id: 'user_123', email: 'buyer@example.com', name: 'John Doe' },
    credit_card_info: { token, last4: '4242' },
    payment_orders: Array.from({ length: orders }, (_, index) => ({
      payment_order_id: `order_${count}_${index}`,
      seller_account: 'seller_456',
      amount,
      currency,
    })),
  };
}

/** Asks until the answer is as wanted; fails after a while with what it was last. */
export async function until(ask: () => Promise<Reply>, wanted: (reply: Reply) => boolean): Promise<Reply> {
  for (let tries = 0; ; tries += 1) {
    const reply = await ask();
    if (wanted(reply)) return reply;
    if (tries >= 400) throw new Error(`never as wanted: ${reply.text}`);
    await delay(50);
  }
}
