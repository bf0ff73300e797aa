import { CLERK } from '../stage.ts';

/** A mutation that the operator calls in this process. Throws what it is refused with. */
export async function callTrpc(path: string, input: Readonly<Record<string, unknown>>): Promise<void> {
  // Loaded by those who need it only: most of an actor's life is loading.
  const [{ callTRPCProcedure }, { actorOfUser }, { appRouter }] = await Promise.all([
    import('@trpc/server'),
    import('#auth'),
    import('../../../trpc/root.ts'),
  ]);
  await callTRPCProcedure({
    router: appRouter,
    path,
    type: 'mutation',
    ctx: { actor: await actorOfUser(CLERK), requestId: 'req_of_the_clerk' },
    getRawInput: async () => input,
    signal: undefined,
    batchIndex: 0,
  });
}
