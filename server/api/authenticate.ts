import type { MiddlewareHandler } from 'hono';
import { authenticateApiKey } from '#auth';
import type { ApiEnv } from './context.ts';

/** Lets a request pass only with a valid API key, and remembers whose it is. Stands before every route that is not public. */
export const authenticate: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const { principal } = await authenticateApiKey(c.req.header('authorization'));
  c.set('principal', principal);
  await next();
};
