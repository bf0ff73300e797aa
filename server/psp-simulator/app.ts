import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { endpoint } from './http/endpoint.ts';
import { errorBody } from './http/stripe-error.ts';
import { CROSS_ORIGIN_PATHS, ROUTES } from './routes.ts';
import type { Simulator } from './simulator.ts';

/** Largest body taken: far above any form Stripe's SDK sends. */
const MAX_BODY_BYTES = 256 * 1024;

/** The whole HTTP face of the simulator. */
export function createApp(simulator: Simulator): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  for (const path of CROSS_ORIGIN_PATHS) {
    app.use(path, cors({ origin: '*', exposeHeaders: ['Request-Id', 'Idempotent-Replayed'], maxAge: 600 }));
  }
  app.post(
    '*',
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (http) => http.json(errorBody('invalid_request_error', 'The request body is too large.'), 413),
    }),
  );
  app.get('/health', async (http) => {
    await simulator.store.rows('health', 'select 1', []);
    return http.json({ status: 'ready' });
  });
  for (const [method, path, access, handler] of ROUTES) {
    app.on(method, path, endpoint(simulator, access, handler));
  }
  app.notFound((http) => {
    const message = `Unrecognized request URL (${http.req.method}: ${http.req.path}).`;
    return http.json(errorBody('invalid_request_error', message), 404);
  });
  app.onError((error, http) => {
    console.error(`psp-simulator: ${error.message}`);
    return http.json(errorBody('api_error', 'The simulator cannot work now.'), 503);
  });
  return app;
}
