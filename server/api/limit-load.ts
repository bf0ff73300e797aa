import type { MiddlewareHandler } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { config } from '#config';
import { AppError, singleton } from '#kernel';
import { admit } from '#runtime';
import type { ApiEnv } from './context.ts';

/** Window of the rate limit, in seconds: a caller that was told to wait comes back soon, and a burst is no longer than this. */
const WINDOW_SECONDS = 1;

/** Turns a request away before anything is done for it when the process is full. Reads are turned away before payments. */
export const limitLoad: MiddlewareHandler<ApiEnv> = (c, next) =>
  admit(c.req.method === 'GET' || c.req.method === 'HEAD' ? 'read' : 'write', next);

/**
 * Counts the request for its API key and refuses it with 429 when the key had its share of this second. The counters are this
 * process's own, so the limit holds per process, and needs nobody's answer. Every answer says how much is left, in the fields of the
 * IETF's draft on rate limit headers.
 */
export const limitRate: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const { API_RATE_LIMIT: quota } = config();
  const { remaining, resetSeconds, allowed } = await count(c.var.principal);
  c.set('rateLimit', {
    'ratelimit-policy': `"key";q=${quota};w=${WINDOW_SECONDS}`,
    ratelimit: `"key";r=${remaining};t=${resetSeconds}`,
  });
  if (!allowed) {
    throw new AppError('too_many_requests', `This key may send ${quota} requests a second.`, {
      retryAfterSeconds: resetSeconds,
    });
  }
  await next();
};

async function count(principal: string): Promise<{ remaining: number; resetSeconds: number; allowed: boolean }> {
  const spent = await limiter()
    .consume(principal)
    .catch((refused: unknown) => refused);
  if (!(spent instanceof RateLimiterRes)) throw spent;
  const resetSeconds = Math.max(Math.ceil(spent.msBeforeNext / 1_000), 1);
  return {
    remaining: Math.max(spent.remainingPoints, 0),
    resetSeconds,
    allowed: spent.consumedPoints <= config().API_RATE_LIMIT,
  };
}

function limiter(): RateLimiterMemory {
  return singleton(
    'api.rate-limiter',
    () => new RateLimiterMemory({ points: config().API_RATE_LIMIT, duration: WINDOW_SECONDS }),
  );
}
