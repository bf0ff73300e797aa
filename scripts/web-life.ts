import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { config } from '#config';
import { PEER_HEADER } from '#runtime';
import { freePort, type LoadRequest, openBalancer, startLoad, startProcess, type TestProcess } from '#testing';

/**
 * The life of the web process, as built: two of them on the running system, one is stopped under load, and no request is lost. Also
 * what holds at its doors: metrics elsewhere, webhooks refused before they are read, sign-in that nobody floods or guesses at for ever.
 */
const HEADERS = { authorization: `Bearer ${config().DEMO_API_KEY}`, 'content-type': 'application/json' };
const STOP_DEADLINE_MS = 10_000;
let requests = 0;
const LARGEST_WEBHOOK = 256 * 1024;
/** A door that has taken so much of one body does not hang up; kernels hold a few megabytes between the two. */
const ENOUGH_BYTES = 32 * 1024 * 1024;
const PATIENCE_MS = 1_000;
/** Guesses at one account that are tried from one address. */
const GUESSES = 10;

interface Web {
  readonly process: TestProcess;
  readonly url: string;
  readonly operationsUrl: string;
}

const [leaving, staying] = [await startWeb(), await startWeb()];
try {
  await metricsAreElsewhere(leaving);
  await webhooksAreRefused(leaving);
  await signInIsGuarded(leaving);
  await nothingIsLost(leaving, staying);
} finally {
  await leaving.process.stop();
  await staying.process.stop();
}
process.exit(0);

async function startWeb(): Promise<Web> {
  const [port, operationsPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const env = { NODE_ENV: 'production', WEB_METRICS_PORT: String(operationsPort), NEXT_TELEMETRY_DISABLED: '1' };
  const child = await startProcess({
    name: 'web',
    script: 'node_modules/next/dist/bin/next',
    args: ['start', '--port', String(port)],
    env: { ...env, PORT: String(port) },
    ready: { url: `${url}/api/health/ready` },
  });
  return { process: child, url, operationsUrl: `http://127.0.0.1:${operationsPort}` };
}

async function metricsAreElsewhere({ url, operationsUrl }: Web): Promise<void> {
  assert.equal((await fetch(`${url}/metrics`)).status, 404);
  const metrics = await (await fetch(`${operationsUrl}/metrics`)).text();
  for (const name of ['lane_waiting', 'db_pool_main', 'nodejs_eventloop_lag_seconds'])
    assert.ok(metrics.includes(name), name);
  assert.equal((await fetch(`${operationsUrl}/health`)).status, 200);
}

async function webhooksAreRefused({ url, process }: Web): Promise<void> {
  const send = async (body: string) => {
    const response = await fetch(`${url}/api/webhooks/psp`, { method: 'POST', body });
    return { status: response.status, ...((await response.json()) as { code: string }) };
  };
  assert.deepEqual(await send('{"MARK-0f3a":'), { status: 400, code: 'signature_invalid' });
  assert.deepEqual(await send('x'.repeat(LARGEST_WEBHOOK + 1)), { status: 413, code: 'body_too_large' });
  await endlessBodyIsRefused(url, '/api/webhooks/psp');
  assert.ok(process.output().includes('a webhook was not taken'));
  assert.ok(!process.output().includes('MARK-0f3a'));
}

async function signInIsGuarded({ url }: Web): Promise<void> {
  const form = `${url}/api/auth/callback/credentials`;
  await endlessBodyIsRefused(url, '/api/auth/callback/credentials');
  const malformed = await fetch(form, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"a":',
  });
  assert.deepEqual([malformed.status, await malformed.json()], [400, { code: 'json_malformed' }]);

  const token = await fetch(`${url}/api/auth/csrf`);
  const { csrfToken } = (await token.json()) as { csrfToken: string };
  const cookie = token.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const fields = { csrfToken, email: `${randomUUID()}@example.test`, password: 'a guess of some length', json: 'true' };
  const answers = [];
  for (let guess = 0; guess < GUESSES + 2; guess += 1) {
    const forged = `203.0.113.${guess}`;
    const headers = { cookie, 'x-forwarded-for': forged, [PEER_HEADER]: forged };
    const response = await fetch(form, { method: 'POST', headers, body: new URLSearchParams(fields) });
    const answer = (await response.json()) as { url: string };
    answers.push(new URL(answer.url).searchParams.get('error'));
  }
  // Whatever address a caller claims, it is one caller.
  const tried = Array<string>(GUESSES).fill('CredentialsSignin');
  assert.deepEqual(answers, [...tried, 'too_many_requests', 'too_many_requests']);
}

async function endlessBodyIsRefused(url: string, path: string): Promise<void> {
  const { heard, sentBytes } = await sendWithoutEnd(url, path);
  // Who goes on talking may miss the answer.
  assert.match(heard, /^$|^HTTP\/1\.1 413 /);
  assert.ok(sentBytes < ENOUGH_BYTES, `${path} read on for ${sentBytes} bytes`);
}

/** Sends a body without an end, as fast as it is taken, until the door hangs up or has taken enough. */
async function sendWithoutEnd(url: string, path: string): Promise<{ heard: string; sentBytes: number }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    heard += text;
  });
  socket.on('error', () => undefined);
  const type = 'Content-Type: application/x-www-form-urlencoded';
  socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\n${type}\r\nTransfer-Encoding: chunked\r\n\r\n`);
  const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
  while (!socket.destroyed && socket.bytesWritten < ENOUGH_BYTES) {
    if (!socket.write(chunk))
      await Promise.race([once(socket, 'drain'), once(socket, 'close'), delay(PATIENCE_MS)]).catch(() => undefined);
  }
  socket.destroy();
  return { heard, sentBytes: socket.bytesWritten };
}

async function nothingIsLost(leaving: Web, staying: Web): Promise<void> {
  for (const { url } of [leaving, staying]) await warmUp(url);
  const stream = await openStream(leaving);
  const balancer = openBalancer([leaving.url, staying.url]);
  const unexpected: string[] = [];
  const load = startLoad({
    callers: 12,
    next: () => request(balancer.next()),
    onAnswer: ({ method, url }, { status, body }) => {
      if (status !== 200 && status !== 202) unexpected.push(`${status} ${method} ${url}: ${body.slice(0, 300)}`);
    },
  });
  await untilAnswered(150);
  const askedAt = performance.now();
  leaving.process.signal('SIGTERM');
  assert.deepEqual(await leaving.process.ended, { code: 0, signal: null }, leaving.process.output());
  assert.ok(performance.now() - askedAt < STOP_DEADLINE_MS, 'the stop took too long');
  await untilAnswered(load.answered() + 50);
  await load.stop();
  await balancer.stop();
  assert.deepEqual({ broken: load.broken, refused: load.refused }, { broken: [], refused: 0 });
  assert.deepEqual(unexpected, []);
  assert.ok((await stream.ended).includes('data: '), 'an event stream ends in order');
  console.info(`${load.answered()} requests, one process stopped among them, none lost.`);

  async function untilAnswered(count: number): Promise<void> {
    const deadline = performance.now() + 60_000;
    while (load.answered() < count) {
      assert.ok(performance.now() < deadline, `only ${load.answered()} answers came`);
      await delay(20);
    }
  }
}

/** Each kind of request a few times, one after the other: a process that was just started compiles while it answers. */
async function warmUp(url: string): Promise<void> {
  for (let count = 0; count < 12; count += 1) {
    const { url: address, ...init } = request(url);
    await (await fetch(address, init)).arrayBuffer();
  }
}

/** Payments, reads of the API and pages, in turn. */
function request(url: string): LoadRequest {
  requests += 1;
  if (requests % 3 === 0) return { method: 'GET', url: `${url}/shop` };
  if (requests % 3 === 1) return { method: 'GET', url: `${url}/api/v1/ledger/balance`, headers: HEADERS };
  return { method: 'POST', url: `${url}/api/v1/payments`, headers: HEADERS, body: JSON.stringify(payment()) };
}

function payment() {
  const id = randomUUID();
  return {
    checkout_id: `web_life_${id}`,
    buyer_info: { user_id: 'user_123', email: 'buyer@example.com', name: 'John Doe' },
    credit_card_info: { token: 'tok_visa_4242', last4: '4242' },
    payment_orders: [
      { payment_order_id: `web_life_order_${id}`, seller_account: 'seller_456', amount: '29.99', currency: 'USD' },
    ],
  };
}

/** Follows a hosted checkout as its page does; `ended` has all that came once the stream is over. */
async function openStream({ url }: Web): Promise<{ readonly ended: Promise<string> }> {
  const { credit_card_info: _, ...checkout } = payment();
  const opened = await fetch(`${url}/api/v1/checkouts`, {
    method: 'POST',
    headers: HEADERS,
    body: JSON.stringify(checkout),
  });
  assert.equal(opened.status, 201, await opened.text());
  const response = await fetch(`${url}/api/checkouts/${checkout.checkout_id}/events`);
  assert.equal(response.status, 200);
  return { ended: response.text() };
}
