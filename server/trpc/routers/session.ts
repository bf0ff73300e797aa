import { listDemoLogins } from '#auth';
import { config } from '#config';
import { publicProcedure, router } from '../init.ts';

/** Who is signed in, and where they are: every console shows both. */
export const sessionRouter = router({
  get: publicProcedure.query(({ ctx: { actor } }) => ({
    actor: actor && { name: actor.name, email: actor.email, role: actor.role, sellerName: actor.sellerName },
    environment: { demo: config().APP_ENV === 'demo', psp: config().PSP_MODE },
  })),

  /** Logins for one click; an empty list outside the demo. */
  demoLogins: publicProcedure.query(() => listDemoLogins()),
});
