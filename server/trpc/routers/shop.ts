import { z } from 'zod';
import { loadCatalogue, MAX_ITEMS, MAX_QUANTITY, openCheckout } from '#shop';
import { publicProcedure, router } from '../init.ts';

const basket = z.strictObject({
  items: z
    .array(z.strictObject({ productId: z.string().min(1).max(64), quantity: z.int().min(1).max(MAX_QUANTITY) }))
    .min(1)
    .max(MAX_ITEMS),
  buyer: z.strictObject({ email: z.email().max(254), name: z.string().trim().min(1).max(120) }),
});

/** The demo shop. Anybody may look and open a checkout; prices come from the catalogue, never from the call. */
export const shopRouter = router({
  catalogue: publicProcedure.query(() => loadCatalogue()),

  openCheckout: publicProcedure.input(basket).mutation(({ ctx, input: { items, buyer } }) => {
    const userId = ctx.actor?.role === 'shopper' ? ctx.actor.userId : undefined;
    return openCheckout({ items, buyer: { ...buyer, userId } });
  }),
});
