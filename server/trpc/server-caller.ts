import { cache } from 'react';
import type { ErrorCode } from '#kernel';
import { underRequestId } from '#observability';
import { admit } from '#runtime';
import { createContext } from './context.ts';
import { publicErrorOf } from './error-map.ts';
import { createCaller } from './root.ts';

const sourceOfRequest = cache(async () => {
  // Loaded where it is used: the worker, which calls procedures too, knows nothing of Next.
  const { cookies, headers } = await import('next/headers');
  const [cookieJar, headerList] = await Promise.all([cookies(), headers()]);
  return {
    readCookie: (name: string) => cookieJar.get(name)?.value,
    readHeader: (name: string) => headerList.get(name),
  };
});

/** One context per rendered request, however many components ask. */
const contextOfRequest = cache(async () => createContext(await sourceOfRequest()));

/** Calls procedures in this process, as the person who asked for the page: `const api = await createServerCaller()`. */
export async function createServerCaller() {
  return createCaller(await contextOfRequest());
}

type ServerCaller = Awaited<ReturnType<typeof createServerCaller>>;

/** An error as a page shows it. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  /** Finds the error in the log; null when the request failed before it had an id. */
  readonly requestId: string | null;
}

export type Loaded<T> =
  | { readonly data: T; readonly problem?: undefined }
  | { readonly data?: undefined; readonly problem: Problem };

/** Loads what a page shows and answers the data or the problem, so that the page can choose which of its states to show. */
export async function load<T>(read: (api: ServerCaller) => Promise<T>): Promise<Loaded<T>> {
  // Outside the try: Next itself throws here to say that a page cannot be made ahead of its request.
  await sourceOfRequest();
  let requestId: string | null = null;
  try {
    const context = await contextOfRequest();
    requestId = context.requestId;
    const data = await underRequestId(requestId, () => admit('read', () => read(createCaller(context))));
    return { data };
  } catch (error) {
    const { code, message } = publicErrorOf(error);
    return { problem: { code, message, requestId } };
  }
}
