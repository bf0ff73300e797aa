import { type Actor, getActor } from '#auth';
import { requestIdFrom } from '#observability';

/** What every procedure knows of its call. */
export interface Context {
  /** Who is signed in, read from the database for this request; null for a guest. */
  readonly actor: Actor | null;
  /** Stands in the answer of an error and in the log. */
  readonly requestId: string;
}

export interface ContextSource {
  readonly readCookie: (name: string) => string | undefined;
  readonly readHeader: (name: string) => string | null;
}

export async function createContext({ readCookie, readHeader }: ContextSource): Promise<Context> {
  return { actor: await getActor(readCookie), requestId: requestIdFrom(readHeader('request-id')) };
}
