import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { config } from '#config';
import { log } from '#observability';
import { drainPayments } from '#payments';
import { api } from './app.ts';
import { live, ready } from './health.ts';
import { metricsPage } from './metrics-page.ts';
import { pspWebhook } from './psp-webhook.ts';

/** Longest time from the first byte of a request to its last, in milliseconds: slower senders are cut off. */
const REQUEST_TIMEOUT_MS = 30_000;
/** How long requests under way may take after a stop was asked for. */
const STOP_DEADLINE_MS = 10_000;
/** How often connections that have become idle are closed while stopping. */
const IDLE_CHECK_MS = 50;

/** The high-rate door: the REST API, the provider's webhooks and the health checks, without Next. */
const app = new Hono();
app.get('/api/health/live', live);
app.get('/api/health/ready', ready);
app.get('/metrics', (c) => metricsPage(c.req.raw));
app.post('/api/webhooks/psp', (c) => pspWebhook(c.req.raw));
app.all('*', (c) => api().fetch(c.req.raw));

const server = serve({
  fetch: app.fetch,
  port: config().API_PORT,
  serverOptions: { requestTimeout: REQUEST_TIMEOUT_MS },
});
server.once('error', (error) => {
  console.error(`The API cannot listen on port ${config().API_PORT}: ${error.message}`);
  process.exit(1);
});
server.once('listening', () => console.info(`The API listens on port ${config().API_PORT}.`));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));

/** Takes no new connection, answers what is under way, waits for its charges, and leaves. */
async function stop(signal: string): Promise<void> {
  log().info({ signal }, 'stopping');
  const closed = once(server, 'close');
  server.close();
  const closeIdle = setInterval(() => 'closeIdleConnections' in server && server.closeIdleConnections(), IDLE_CHECK_MS);
  await Promise.race([closed.then(drainPayments), delay(STOP_DEADLINE_MS)]);
  clearInterval(closeIdle);
  process.exit(0);
}
