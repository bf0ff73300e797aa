import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { AppError } from '#kernel';
import { hasCardNumber } from '#observability';
import { type ContextSource, createContext } from './context.ts';
import { trpcErrorOf } from './error-map.ts';
import { appRouter } from './root.ts';

/** Most procedures in one HTTP call (the client batches what a page asks for at once). */
export const MAX_BATCH = 20;
/** Longest request body, in bytes. */
const MAX_BODY = 256 * 1024;

/** Serves tRPC over HTTP. */
export function handleTrpc(request: Request, source: ContextSource): Promise<Response> {
  // Taken before tRPC reads the body, which can be read once.
  const copy = request.clone();
  return fetchRequestHandler({
    endpoint: '/api/trpc',
    req: request,
    router: appRouter,
    maxBatchSize: MAX_BATCH,
    createContext: async () => {
      try {
        if (request.method !== 'GET') {
          refuseForged(request.headers);
          refuseCardData(await copy.text());
        }
      } catch (error) {
        throw trpcErrorOf(error);
      }
      return createContext(source);
    },
  });
}

/**
 * Refuses a write that another site could have sent with the reader's cookies: browsers name the origin of each, and a form
 * cannot send JSON. A caller without these headers is no browser and carries no cookies of anybody else.
 */
export function refuseForged(headers: Headers): void {
  const site = headers.get('sec-fetch-site');
  const origin = headers.get('origin');
  const foreign = site ? site !== 'same-origin' : origin !== null && URL.parse(origin)?.host !== headers.get('host');
  if (foreign) throw new AppError('forbidden', 'This request came from another site.');
  if (headers.get('content-type')?.split(';')[0]?.trim() !== 'application/json') {
    throw new AppError('media_type_unsupported', 'Send the request body as application/json.');
  }
  const length = Number(headers.get('content-length') ?? Number.NaN);
  if (!(length <= MAX_BODY)) throw new AppError('body_too_large', `A request body has at most ${MAX_BODY} bytes.`);
}

/** Refuses a write with a card number anywhere in it, typed into the wrong field for example. */
function refuseCardData(body: string): void {
  if (hasCardNumber(body)) {
    throw new AppError('card_data_refused', 'This holds a card number. Enter it on the payment page only.');
  }
}
