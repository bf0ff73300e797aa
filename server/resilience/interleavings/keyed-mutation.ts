import { createHash } from 'node:crypto';
import { callTRPCProcedure, TRPCError } from '@trpc/server';
import type pg from 'pg';
import superjson from 'superjson';
import { actorOfUser } from '#auth';
import { AppError } from '#kernel';
import { insertKey } from '../../idempotency/key-rows.ts';
import { publicErrorOf } from '../../trpc/error-map.ts';
import { appRouter } from '../../trpc/root.ts';
import type { Scene } from './scenes.ts';

/** Id of the operator who has the provider asked again. */
export const CLERK = 'clerk';
const PROCEDURE = 'admin.deadLetters.tryAgain';

const keyOf = ({ prefix }: Scene) => `${prefix}mutation`;
const inputOf = ({ attemptId }: Scene) => ({
  kind: 'attempt',
  subjectId: attemptId === '' ? 'none' : attemptId,
  reason: 'the provider is back',
});

/** A process took the operator's keyed request and died: its key is held, its lease over, and nothing was done. */
export async function leaveBehind(scene: Scene, owner: pg.Pool): Promise<void> {
  const content = superjson.stringify(inputOf(scene));
  const id = { principal: `user:${CLERK}`, route: `mutation ${PROCEDURE}`, key: keyOf(scene) };
  const call = { door: 'trpc', procedure: PROCEDURE, input: content, userId: CLERK };
  await insertKey(id, createHash('sha256').update(content).digest(), call);
  await owner.query(`update idempotency_keys set locked_until = now() - interval '1 day' where key = $1`, [id.key]);
}

/** The operator asks once more, with the same key. */
export async function askAgainByKey(scene: Scene): Promise<void> {
  try {
    await callTRPCProcedure({
      router: appRouter,
      path: PROCEDURE,
      type: 'mutation',
      ctx: { actor: await actorOfUser(CLERK), requestId: 'req_of_the_clerk' },
      getRawInput: async () => ({ ...inputOf(scene), idempotencyKey: keyOf(scene) }),
      signal: undefined,
      batchIndex: 0,
    });
  } catch (error) {
    // As the operator is told it.
    const { code, message } = publicErrorOf(error);
    if (!(error instanceof TRPCError) || code === 'internal_error') throw error;
    throw new AppError(code, message);
  }
}
