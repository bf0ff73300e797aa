import { type Actor, requireRole } from '#auth';
import { assert } from '#kernel';
import { publicProcedure } from './init.ts';

/** Sellers only, and each for the seller they belong to: the id comes from the session, never from the request. */
export const sellerProcedure = publicProcedure.use(({ ctx, next }) => {
  const actor = requireRole(ctx.actor, ['seller']);
  return next({ ctx: { ...ctx, actor, sellerId: sellerOf(actor) } });
});

function sellerOf(actor: Actor): string {
  assert(actor.sellerId, 'the database gives every seller login a seller');
  return actor.sellerId;
}
