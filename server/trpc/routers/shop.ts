import { z } from 'zod';
import { guestId, loadCatalogue, MAX_ITEMS, MAX_QUANTITY, openCheckout } from '#shop';
import { publicProcedure, router } from '../init.ts';
import { idempotencyKey } from '../inputs.ts';
import { once } from '../once.ts';

const basket = z.strictObject({
  items: z
    .array(z.strictObject({ productId: z.string().min(1).max(64), quantity: z.int().min(1).max(MAX_QUANTITY) }))
    .min(1)
    .max(MAX_ITEMS),
  buyer: z.strictObject({ email: z.email().max(254), name: z.string().trim().min(1).max(120) }),
  idempotencyKey,
});

/** The demo shop. Anybody may look and open a checkout; prices come from the catalogue, never from the call. */
export const shopRouter = router({
  catalogue: publicProcedure.query(() => loadCatalogue()),

  openCheckout: publicProcedure.input(basket).mutation(
    once(
      ({ buyer }) => guestId(buyer.email),
      ({ ctx, input: { items, buyer }, keyed }) => {
        const userId = ctx.actor?.role === 'shopper' ? ctx.actor.userId : undefined;
        return openCheckout({ items, buyer: { ...buyer, userId } }, keyed);
      },
    ),
  ),
});
