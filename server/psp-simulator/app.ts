import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { renderTransaction } from './books/render-transaction.ts';
import { renderCharge } from './charges/render-charge.ts';
import type { BookTransactionRow, ChargeRow, IntentRow } from './database/rows.ts';
import { endpoint } from './http/endpoint.ts';
import { errorBody } from './http/stripe-error.ts';
import { cancelIntent } from './intents/cancel-intent.ts';
import { confirmExistingIntent } from './intents/confirm-existing-intent.ts';
import { createIntent } from './intents/create-intent.ts';
import { renderIntent } from './intents/render-intent.ts';
import { searchIntents } from './intents/search-intents.ts';
import { list } from './objects/list.ts';
import { retrieve } from './objects/retrieve.ts';
import type { Handler } from './requests/request.ts';
import type { Simulator } from './simulator.ts';

/** Largest body taken: far above any form Stripe's SDK sends. */
const MAX_BODY_BYTES = 256 * 1024;

/** The merchant's server calls these with the secret key. */
const SECRET: Readonly<Record<string, Handler>> = {
  'POST /v1/payment_intents': createIntent,
  'GET /v1/payment_intents': list<IntentRow>({
    url: '/v1/payment_intents',
    table: 'payment_intents',
    render: renderIntent,
  }),
  'GET /v1/payment_intents/search': searchIntents,
  'POST /v1/payment_intents/:id/confirm': confirmExistingIntent,
  'POST /v1/payment_intents/:id/cancel': cancelIntent,
  'GET /v1/payment_intents/:id': retrieve('payment_intent', 'pi'),
  'GET /v1/charges': list<ChargeRow>({
    url: '/v1/charges',
    table: 'charges',
    filters: ['payment_intent'],
    render: renderCharge,
  }),
  'GET /v1/charges/:id': retrieve('charge', 'ch'),
  'GET /v1/balance_transactions': list<BookTransactionRow>({
    url: '/v1/balance_transactions',
    table: 'book_transactions',
    filters: ['source', 'type', 'currency'],
    render: renderTransaction,
  }),
  'GET /v1/balance_transactions/:id': retrieve('balance transaction', 'txn'),
};

/** The whole HTTP face of the simulator. */
export function createApp(simulator: Simulator): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use('/v1/payment_pages/*', cors());
  app.post('*', bodyLimit({ maxSize: MAX_BODY_BYTES }));
  app.get('/health', async (http) => {
    await simulator.store.rows('health', 'select 1', []);
    return http.json({ status: 'ready' });
  });
  for (const [route, handler] of Object.entries(SECRET)) {
    const [method = '', path = ''] = route.split(' ');
    app.on(method, path, endpoint(simulator, 'secret', handler));
  }
  app.notFound((http) => {
    const message = `Unrecognized request URL (${http.req.method}: ${http.req.path}).`;
    return http.json(errorBody('invalid_request_error', message), 404);
  });
  return app;
}
