import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { config } from '#config';
import { openOwnerPool } from '#testing';
import { type ApiSystem, type Door, examplePayment, KEY, openDoor, startApiSystem } from './testkit.ts';

/** What must stand nowhere: not in a row, not in an answer that is kept, not in the log. */
const CARD = '4242424242424242';
const SECRET_KEY = 'sk_test_a_key_that_somebody_pasted_into_a_field';
let system: ApiSystem;
let door: Door;
let owner: pg.Pool;

beforeAll(async () => {
  system = await startApiSystem();
  owner = openOwnerPool(config().DATABASE_URL);
  door = await openDoor({ LOG_LEVEL: 'debug' });
});

afterAll(async () => {
  await door.process.stop();
  await owner.end();
  await system.stop();
});

let keys = 0;
async function send(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
  keys += 1;
  const response = await fetch(`${door.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'idempotency-key': `key-${keys}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

/** Every row of every table of the application, as text. */
async function everyRow(): Promise<string> {
  const { rows: tables } = await owner.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public'`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await owner.query<{ row: string }>(`select t::text as row from ${name} t`);
    texts.push(...rows.map(({ row }) => row));
  }
  return texts.join('\n');
}

test('card numbers and keys that come in the wrong place stand in no row, in no answer that is kept and in no line of the log', async () => {
  const payment = examplePayment();
  const [order] = payment.payment_orders;
  const wrong = [
    await send('POST', '/payments', { ...payment, credit_card_info: { token: CARD, last4: '4242' } }),
    await send('POST', '/payments', { ...payment, checkout_id: CARD }),
    await send('POST', '/payments', { ...payment, payment_orders: [{ ...order, amount: CARD }] }),
    await send('POST', '/payments', { ...payment, credit_card_info: { token: SECRET_KEY, last4: '4242' } }),
    await send('POST', `/payments/${CARD}/retry`, { credit_card_info: { token: 'tok_visa_4242', last4: '4242' } }),
    await send('GET', `/payments/${CARD}`),
    await send('POST', '/payments', { ...payment, [CARD]: SECRET_KEY }),
  ];
  expect((await send('POST', '/payments', payment)).status).toBe(202);
  for (const { status } of wrong) expect(status).toBe(400);
  const places = {
    rows: await everyRow(),
    log: door.process.output(),
    answers: wrong.map(({ text }) => text).join('\n'),
  };
  for (const [place, text] of Object.entries(places)) {
    expect({ place, card: text.includes(CARD), key: text.includes(SECRET_KEY) }).toEqual({
      place,
      card: false,
      key: false,
    });
    expect(text).not.toContain(KEY);
  }
  expect(places.rows).toContain('key-');
});
