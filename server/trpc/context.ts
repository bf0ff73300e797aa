import { type Actor, getActor } from '#auth';
import type { AbandonedRequest } from '#idempotency';
import { currentRequestId, requestIdFrom } from '#observability';

/** How to call a keyed procedure again. */
export interface TrpcCall {
  readonly door: 'trpc';
  readonly procedure: string;
  /** In superjson, as the client sends it. */
  readonly input: string;
  /** Who was signed in; null for a guest. */
  readonly userId: string | null;
}

/** What every procedure knows of its call. */
export interface Context {
  /** Who is signed in, read from the database for this request; null for a guest. */
  readonly actor: Actor | null;
  /** Stands in the answer of an error and in the log. */
  readonly requestId: string;
  /** The call was made before, and the worker brings it to its end. */
  readonly abandoned?: AbandonedRequest<TrpcCall>;
}

export interface ContextSource {
  readonly readCookie: (name: string) => string | undefined;
  readonly readHeader: (name: string) => string | null;
}

export async function createContext({ readCookie, readHeader }: ContextSource): Promise<Context> {
  return {
    actor: await getActor(readCookie),
    requestId: currentRequestId() ?? requestIdFrom(readHeader('request-id')),
  };
}
