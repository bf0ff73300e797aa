import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { config } from '#config';
import { followDatabaseTime } from '#db';
import { drainPayments } from '#payments';
import { drainHttp, endOnDefect, openOperationsDoor, stopOnSignal, watchHttp } from '#runtime';
import { api } from './app.ts';
import { health, live, ready } from './health.ts';
import { pspWebhook } from './psp-webhook.ts';

/** Longest time from the first byte of a request to its last, in milliseconds: slower senders are cut off. */
const REQUEST_TIMEOUT_MS = 30_000;

endOnDefect();
watchHttp();
const time = await followDatabaseTime();

/** The high-rate door: the REST API, the provider's webhooks and the health checks, without Next. */
const app = new Hono();
app.get('/api/health/live', live);
app.get('/api/health/ready', ready);
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
const operations = await openOperationsDoor(config().API_METRICS_PORT, health);

/** Answers what is under way, waits for its charges, and leaves. */
stopOnSignal(async () => {
  await drainHttp();
  await drainPayments();
  await operations.stop();
  time.stop();
});
