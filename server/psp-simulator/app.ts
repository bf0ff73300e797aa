import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { nowMs } from './clock/clock.ts';
import { endpoint } from './http/endpoint.ts';
import { errorBody } from './http/stripe-error.ts';
import { CROSS_ORIGIN_PATHS, ROUTES } from './routes.ts';
import type { Simulator } from './simulator.ts';

/** The whole HTTP face of the simulator. Once `isStopping` says so, every answer is the last on its connection. */
export function createApp(simulator: Simulator, isStopping: () => boolean): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(async (http, next) => {
    await next();
    // A server tells its own clock with every answer; this one may have travelled.
    http.header('date', new Date(nowMs()).toUTCString());
    if (isStopping()) http.header('connection', 'close');
  });
  for (const path of CROSS_ORIGIN_PATHS) {
    app.use(path, cors({ origin: '*', exposeHeaders: ['Request-Id', 'Idempotent-Replayed'], maxAge: 600 }));
  }
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
