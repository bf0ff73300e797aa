import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { type Role, requireRole } from '#auth';
import { ERROR_CODES, newId } from '#kernel';
import { inspectInput, log } from '#observability';
import type { Context } from './context.ts';
import { publicErrorOf, trpcErrorOf } from './error-map.ts';

const t = initTRPC.context<Context>().create({
  transformer: superjson,
  // Written out whole: what tRPC would send by itself includes the message of any error, and the stack outside production.
  errorFormatter: ({ shape, error, ctx }) => {
    const known = publicErrorOf(error);
    const { status, retryable } = ERROR_CODES[known.code];
    return {
      code: shape.code,
      message: known.message,
      data: {
        appCode: known.code,
        httpStatus: status,
        retryable,
        requestId: ctx?.requestId ?? newId('req'),
        errors: known.details.errors ?? [],
      },
    };
  },
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

const CARD_ADVICE = 'This holds a card number. Enter it on the payment page only.';

/**
 * Anybody. What no procedure may ever see is refused, whoever calls: a page, a browser, the worker. Errors leave as typed ones; what
 * was not foreseen is logged under the request's id.
 */
export const publicProcedure = t.procedure
  .use(async ({ ctx, path, next }) => {
    const result = await next();
    if (result.ok) return result;
    const error = trpcErrorOf(result.error);
    if (error.code === 'INTERNAL_SERVER_ERROR')
      log().error({ request_id: ctx.requestId, path, err: result.error }, 'a procedure failed');
    throw error;
  })
  .use(async ({ type, getRawInput, next }) => {
    // A question is kept nowhere, and may be about anything.
    inspectInput(await getRawInput(), type === 'mutation' ? CARD_ADVICE : null);
    return next();
  });

/** Somebody with one of these roles. The check is here, in the call itself, and holds for every way to it. */
export function procedureFor(...roles: Role[]) {
  return publicProcedure.use(({ ctx, next }) => next({ ctx: { ...ctx, actor: requireRole(ctx.actor, roles) } }));
}
