export { checkoutEvents } from './checkout-events.ts';
export { completeAbandonedMutations } from './complete-abandoned-mutations.ts';
export { handleTrpc } from './http.ts';
export type { AppRouter, RouterInputs, RouterOutputs } from './root.ts';
export { createServerCaller, type Loaded, load, type Problem } from './server-caller.ts';
