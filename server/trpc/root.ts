import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { createCallerFactory, router } from './init.ts';
import { adminRouter } from './routers/admin.ts';
import { checkoutsRouter } from './routers/checkouts.ts';
import { sellerRouter } from './routers/seller.ts';
import { sessionRouter } from './routers/session.ts';
import { shopRouter } from './routers/shop.ts';

export const appRouter = router({
  admin: adminRouter,
  checkouts: checkoutsRouter,
  seller: sellerRouter,
  session: sessionRouter,
  shop: shopRouter,
});

export type AppRouter = typeof appRouter;
export type RouterInputs = inferRouterInputs<AppRouter>;
export type RouterOutputs = inferRouterOutputs<AppRouter>;

/** Makes a caller for a context: procedures as plain functions, with their checks. */
export const createCaller = createCallerFactory(appRouter);
