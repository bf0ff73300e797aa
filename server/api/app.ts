import { OpenAPIHono } from '@hono/zod-openapi';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { AppError, singleton } from '#kernel';
import { authenticate } from './authenticate.ts';
import type { ApiContext, ApiEnv } from './context.ts';
import { validationError } from './field-errors.ts';
import { guardBody, limitBody } from './guard-body.ts';
import { limitLoad, limitRate } from './limit-load.ts';
import { openApiDocument } from './openapi.ts';
import { asAppError, problemResponse } from './problem.ts';
import { registerCheckouts } from './routes/checkouts.ts';
import { registerCreatePayment } from './routes/create-payment.ts';
import { registerCreatePaymentsBulk } from './routes/create-payments-bulk.ts';
import { registerDisputes } from './routes/disputes.ts';
import { registerExplainWallet } from './routes/explain-wallet.ts';
import { registerGetBooksBalance } from './routes/get-books-balance.ts';
import { registerGetPayment } from './routes/get-payment.ts';
import { registerGetWallet } from './routes/get-wallet.ts';
import { registerListLedger } from './routes/list-ledger.ts';
import { registerPayouts } from './routes/payouts.ts';
import { registerReconciliation } from './routes/reconciliation.ts';
import { registerRefunds } from './routes/refunds.ts';
import { registerRetryPayment } from './routes/retry-payment.ts';
import { watchRequest } from './watch-request.ts';

/** Where schemas say a value stood. */
const PLACES: Record<string, 'body' | 'path' | 'query'> = { json: 'body', param: 'path', query: 'query' };

/** The REST API, version 1: one app, mounted in Next and served alone. Give it a `Request`, get a `Response`. */
export function api(): OpenAPIHono<ApiEnv> {
  return singleton('api', createApi);
}

function createApi(): OpenAPIHono<ApiEnv> {
  const api = new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw validationError(result.error.issues, PLACES[result.target]);
    },
  }).basePath('/api/v1') as OpenAPIHono<ApiEnv>;

  api.onError((error, c) => problemResponse(asAppError(error, c), c));
  api.notFound((c) => problemResponse(new AppError('not_found', 'There is nothing at this address.'), c));

  api.use(watchRequest);
  api.use(methodNotAllowed({ app: api, onMethodNotAllowed: refuseMethod }));
  api.get('/openapi.json', (c) => c.json(singleton('api.openapi', () => openApiDocument(api))));
  // Whatever is registered below needs an API key.
  api.use(limitLoad, authenticate, limitRate, limitBody, guardBody);
  registerCreatePayment(api);
  registerCreatePaymentsBulk(api);
  registerRetryPayment(api);
  registerGetPayment(api);
  registerCheckouts(api);
  registerRefunds(api);
  registerDisputes(api);
  registerGetWallet(api);
  registerExplainWallet(api);
  registerListLedger(api);
  registerPayouts(api);
  registerGetBooksBalance(api);
  registerReconciliation(api);
  return api;
}

function refuseMethod(c: ApiContext, methods: string[]): Response {
  const error = new AppError('method_not_allowed', `${c.req.method} is not possible here; ${methods.join(', ')} is.`);
  const response = problemResponse(error, c);
  response.headers.set('allow', methods.join(', '));
  return response;
}
