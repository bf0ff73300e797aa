import { callTRPCProcedure } from '@trpc/server';
import superjson from 'superjson';
import { actorOfUser } from '#auth';
import { type AbandonedRequest, giveUp, takeAbandoned } from '#idempotency';
import { newId } from '#kernel';
import { log } from '#observability';
import type { Context, TrpcCall } from './context.ts';
import { answerOf } from './once.ts';
import { appRouter } from './root.ts';

/**
 * Brings up to `limit` keyed mutations to their end that nobody else does, each as the person who asked for it and with the rights
 * they have now, and keeps their results for whoever asks again. Answers how many were taken. Any number of processes may do so.
 */
export async function completeAbandonedMutations(limit: number): Promise<number> {
  const abandoned = await takeAbandoned<TrpcCall>('trpc', limit);
  await Promise.all(abandoned.map(complete));
  return abandoned.length;
}

async function complete(abandoned: AbandonedRequest<TrpcCall>): Promise<void> {
  const { procedure, input, userId } = abandoned.call;
  try {
    if (abandoned.givenUp) return await giveUp(abandoned, answerOf);
    const ctx: Context = {
      actor: userId === null ? null : await actorOfUser(userId),
      requestId: newId('req'),
      abandoned,
    };
    await callTRPCProcedure({
      router: appRouter,
      path: procedure,
      type: 'mutation',
      ctx,
      getRawInput: async () => superjson.parse(input),
      signal: undefined,
      batchIndex: 0,
    });
  } catch (error) {
    // An error that is an answer is kept by now; whatever else it was, the request is there for the next try.
    log().warn({ err: error, procedure }, 'an abandoned mutation ended in an error');
  }
}
