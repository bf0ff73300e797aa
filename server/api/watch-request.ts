import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { log, observeHttp, requestIdFrom, underRequestId } from '#observability';
import type { ApiEnv } from './context.ts';

/** Headers of every answer: it is one caller's data, and never a document for a browser to guess about. */
const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** Gives the request its id, and once it is answered writes its one log line (never a body, never a path with ids) and its metric. */
export const watchRequest: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const started = performance.now();
  const requestId = requestIdFrom(c.req.header('request-id'));
  c.set('requestId', requestId);
  await underRequestId(requestId, next);
  for (const [name, value] of Object.entries({ ...HEADERS, ...c.var.rateLimit })) c.header(name, value);
  c.header('request-id', requestId);
  const ms = performance.now() - started;
  const { status } = c.res;
  const { method } = c.req;
  const route = routePath(c, -1);
  observeHttp(method, route, status, ms);
  const line = {
    method,
    route,
    status,
    ms: Math.round(ms * 10) / 10,
    request_id: requestId,
    principal: c.var.principal,
  };
  if (status >= 500) log().error(line, 'request failed');
  else log().info(line, 'request');
};
