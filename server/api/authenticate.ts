import type { MiddlewareHandler } from 'hono';
import { authenticateApiKey } from '#auth';
import { ABANDONED, type ApiEnv } from './context.ts';

/**
 * Lets a request pass only with a valid API key, and remembers whose it is. Stands before every route that is not public. A request
 * that the worker brings to its end was let in before, and stays its principal's whatever became of the key.
 */
export const authenticate: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const { principal } = c.env?.[ABANDONED] ?? (await authenticateApiKey(c.req.header('authorization')));
  c.set('principal', principal);
  await next();
};
