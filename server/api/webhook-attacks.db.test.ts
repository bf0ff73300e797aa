import { connect } from 'node:net';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { config } from '#config';
import { openOwnerPool, signWebhook, webhookEvent, webhookIntent } from '#testing';
import { handleInbox } from '#webhooks';
import { type ApiSystem, type Door, openDoor, startApiSystem } from './testkit.ts';

/** The webhook door over real HTTP, as an attacker meets it: no row, nothing parsed, nothing of the body in the log. */
const SECRET = 'whsec_a_secret_of_these_tests_only_1';
const FORMER_SECRET = 'whsec_a_secret_of_these_tests_only_0';
/** Stands in every body, so that a log which repeats one gives itself away. */
const MARK = 'MARK-0f3a';
const KILOBYTES_256 = 256 * 1024;

let system: ApiSystem;
let door: Door;
let owner: pg.Pool;

beforeAll(async () => {
  system = await startApiSystem();
  owner = openOwnerPool(config().DATABASE_URL);
  door = await openDoor({
    PSP_WEBHOOK_SECRET: SECRET,
    PSP_WEBHOOK_SECRET_PREVIOUS: FORMER_SECRET,
    LOG_LEVEL: 'debug',
    MAX_REQUESTS_IN_FLIGHT: '40',
  });
});

beforeEach(async () => {
  while ((await handleInbox(200)) > 0);
});

afterAll(async () => {
  await door.process.stop();
  await owner.end();
  await system.stop();
});

async function rows(): Promise<number> {
  const { rows } = await owner.query('select count(*)::int as count from webhook_inbox');
  return rows[0].count;
}

const eventWith = (change: object = {}) => webhookEvent(MARK, webhookIntent(undefined, { description: MARK }), change);

async function deliver(
  body: string | Buffer,
  headers: Record<string, string>,
): Promise<{ status: number; code: string }> {
  const response = await fetch(`${door.url}/api/webhooks/psp`, {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    headers,
  });
  return { status: response.status, code: ((await response.json()) as { code: string }).code };
}

/** Speaks HTTP by hand: the bytes given, then silence; resolves with what came back until the other side hung up. */
function speak(head: string, parts: Iterable<string> = []): Promise<string> {
  const { hostname, port } = new URL(door.url);
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    heard += text;
  });
  socket.on('error', () => undefined);
  socket.write(`POST /api/webhooks/psp HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\n`);
  for (const part of parts) socket.write(part);
  return new Promise((done) => socket.once('close', () => done(heard)));
}

const valid = eventWith();
test.each<[string, string | Buffer, string]>([
  ['no JSON, and no signature', `{${MARK}`, ''],
  ['no JSON, signed by somebody else', `{${MARK}`, signWebhook(`{${MARK}`, { secret: 'whsec_somebody_else' })],
  ['an event with a signature of nonsense', valid, 'nonsense'],
  ['an event signed by somebody else', valid, signWebhook(valid, { secret: 'whsec_somebody_else' })],
  ['an event changed afterwards', valid.replace('2999', '1'), signWebhook(valid, { secret: SECRET })],
  ['an event signed an hour ago', valid, signWebhook(valid, { secret: SECRET, ageSeconds: 3_600 })],
  ['an event signed in an hour', valid, signWebhook(valid, { secret: SECRET, ageSeconds: -3_600 })],
  [
    'bytes that are no text',
    Buffer.from([0xff, 0xfe, 0x00]),
    signWebhook(Buffer.from([0xff, 0xfe, 0x00]), { secret: SECRET }),
  ],
  ['two hundred signatures', valid, `${signWebhook(valid, { secret: 'x' })}${`,v1=${'0'.repeat(64)}`.repeat(200)}`],
])('%s: refused for its signature before anything is read, and nothing is stored', async (_, body, signature) => {
  const before = await rows();
  expect(await deliver(body, { 'stripe-signature': signature })).toEqual({ status: 400, code: 'signature_invalid' });
  expect(await rows()).toBe(before);
});

test.each<[string, string, string]>([
  ['broken JSON', `{"${MARK}":`, 'json_malformed'],
  ['a NUL', `"${MARK}\0"`, 'json_malformed'],
  ['an event of live mode', eventWith({ livemode: true }), 'event_not_ours'],
  ['an event of another account', eventWith({ account: 'acct_other' }), 'event_not_ours'],
])('%s, signed well: refused, and nothing is stored', async (_, body, code) => {
  const before = await rows();
  const signature = signWebhook(body, { secret: SECRET });
  expect(await deliver(body, { 'stripe-signature': signature })).toEqual({ status: 400, code });
  expect(await rows()).toBe(before);
});

test.each([2, 10, 50])(
  'one event sent %i times at once, with both secrets: every sender is thanked, one row',
  async (times) => {
    const body = eventWith();
    const before = await rows();
    const answers = await Promise.all(
      Array.from({ length: times }, async (_, index) => {
        const secret = index % 2 === 0 ? SECRET : FORMER_SECRET;
        const headers = { 'stripe-signature': signWebhook(body, { secret }) };
        for (;;) {
          const response = await fetch(`${door.url}/api/webhooks/psp`, { method: 'POST', body, headers });
          // There are ten places for webhooks here: who finds none comes again, as the provider does.
          if (response.status !== 503) return response.status;
          expect(response.headers.get('retry-after')).toBe('1');
        }
      }),
    );
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(await rows()).toBe(before + 1);
  },
);

test('a body that is announced too large is refused before it is sent', async () => {
  const answer = await speak(`Content-Length: ${KILOBYTES_256 + 1}`);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
});

test('a body that grows too large is refused at the limit, whatever was announced', async () => {
  const endless = function* () {
    for (let sent = 0; sent <= KILOBYTES_256; sent += 16 * 1024) yield `4000\r\n${'x'.repeat(16 * 1024)}\r\n`;
  };
  expect(await speak('Transfer-Encoding: chunked', endless())).toMatch(/^HTTP\/1\.1 413 /);
});

test('a body longer than announced is no longer than announced, and a body that is announced twice is refused', async () => {
  const before = await rows();
  const signature = signWebhook(valid, { secret: SECRET });
  const cut = await speak(`Connection: close\r\nStripe-Signature: ${signature}\r\nContent-Length: 10`, [valid]);
  expect(cut).toMatch(/^HTTP\/1\.1 400 /);
  expect(await speak(`Content-Length: 10\r\nContent-Length: 20`, [valid])).toMatch(/^HTTP\/1\.1 400 /);
  expect(await speak(`Content-Length: 10\r\nTransfer-Encoding: chunked`, ['0\r\n\r\n'])).toMatch(/^HTTP\/1\.1 400 /);
  expect(await rows()).toBe(before);
});

test('a sender that goes to sleep in mid-body is cut off, and keeps nobody else waiting', async () => {
  const startedAt = performance.now();
  const sleepers = Array.from({ length: 9 }, () => speak('Content-Length: 1000', ['half a bo']));
  const body = eventWith();
  expect(await deliver(body, { 'stripe-signature': signWebhook(body, { secret: SECRET }) })).toMatchObject({
    status: 200,
  });
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  for (const answer of await Promise.all(sleepers)) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(performance.now() - startedAt).toBeLessThan(15_000);
});

test('senders beyond the places there are get 503 with Retry-After, and payments go on', async () => {
  const sleepers = Array.from({ length: 10 }, () => speak('Content-Length: 1000', ['half a bo']));
  await expect
    .poll(async () => (await fetch(`${door.operationsUrl}/metrics`)).text())
    .toContain('requests_in_flight{pool="webhooks"} 10');
  const refused = await fetch(`${door.url}/api/webhooks/psp`, { method: 'POST', body: valid });
  expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([
    503,
    '1',
    { code: 'overloaded' },
  ]);
  expect((await fetch(`${door.url}/api/health/ready`)).status).toBe(200);
  await Promise.all(sleepers);
});

test('the log told of every refusal, with an id, and repeated nothing that was sent', async () => {
  const lines = door.process.output().split('\n');
  const refusals = lines.filter((line) => line.includes('a webhook was not taken')).map((line) => JSON.parse(line));
  expect(refusals.length).toBeGreaterThan(10);
  for (const line of refusals) expect(line).toMatchObject({ code: expect.any(String), request_id: expect.any(String) });
  for (const hidden of [MARK, SECRET, FORMER_SECRET, 'half a bo', 'v1='])
    expect(door.process.output()).not.toContain(hidden);
});
