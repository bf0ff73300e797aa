import { z } from 'zod';
import { type Actor, STAFF } from '#auth';
import { AppError } from '#kernel';
import { type CheckoutView, cancelCheckout, readCheckout, startHostedPayment } from '#payments';
import { publicProcedure, router } from '../init.ts';
import { anyId, idempotencyKey } from '../inputs.ts';
import { once } from '../once.ts';

const checkoutId = z.strictObject({ checkoutId: anyId });
const keyedCheckoutId = checkoutId.extend({ idempotencyKey });

/** A guest is whoever holds the link: the same guest for the same checkout. */
const guestOf = (input: z.output<typeof keyedCheckoutId>) => input.checkoutId;

/** The shopper's side of a hosted checkout. */
export const checkoutsRouter = router({
  get: publicProcedure.input(checkoutId).query(({ ctx, input }) => openCheckout(ctx.actor, input.checkoutId)),

  /** Opens the payment page; asking again answers the same page. */
  pay: publicProcedure.input(keyedCheckoutId).mutation(
    once(guestOf, async ({ ctx, input, keyed }) => {
      await openCheckout(ctx.actor, input.checkoutId);
      return startHostedPayment(input.checkoutId, keyed);
    }),
  ),

  cancel: publicProcedure.input(keyedCheckoutId).mutation(
    once(guestOf, async ({ ctx, input }) => {
      await openCheckout(ctx.actor, input.checkoutId);
      return shopperView(await cancelCheckout(input.checkoutId));
    }),
  ),
});

/**
 * The checkout, if this visitor may see it. A guest pays by a link whose id cannot be guessed: the link is the permission. What a
 * signed-in shopper opened is theirs alone; a payment made from server to server has no shopper's page. Hidden is `not_found`.
 */
async function openCheckout(actor: Actor | null, id: string): Promise<CheckoutView> {
  const checkout = await readCheckout(id);
  const mine = checkout.principal.startsWith('user:')
    ? checkout.principal === `user:${actor?.userId}`
    : checkout.flow === 'hosted';
  if (!mine && !(actor && STAFF.includes(actor.role)))
    throw new AppError('not_found', 'There is no checkout with this id.');
  return shopperView(checkout);
}

/**
 * Which key or login opened a checkout is nothing for the shopper's browser. Nor is why the bank declined: whoever tries a
 * stolen card must not learn that it is known to be stolen.
 */
function shopperView(checkout: CheckoutView): CheckoutView {
  return {
    ...checkout,
    principal: checkout.principal.split(':')[0] ?? '',
    lastDecline: checkout.lastDecline && { ...checkout.lastDecline, code: 'card_declined' },
    orders: checkout.orders.map((order) => ({ ...order, declineCode: null })),
  };
}
