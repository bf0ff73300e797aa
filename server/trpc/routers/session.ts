import { config } from '#config';
import { publicProcedure, router } from '../init.ts';

/** Who is signed in, and where they are: every console shows both. */
export const sessionRouter = router({
  get: publicProcedure.query(({ ctx }) => ({
    actor: ctx.actor && {
      name: ctx.actor.name,
      email: ctx.actor.email,
      role: ctx.actor.role,
      sellerId: ctx.actor.sellerId,
    },
    environment: { demo: config().APP_ENV === 'demo', psp: config().PSP_MODE },
  })),
});
