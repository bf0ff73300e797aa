import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { AppError } from '#kernel';
import { requestIdFrom, underRequestId } from '#observability';
import { admit, readBody, refusalHeaders, withBody } from '#runtime';
import { type Context, type ContextSource, createContext } from './context.ts';
import { publicErrorOf, trpcErrorOf } from './error-map.ts';
import { appRouter } from './root.ts';

/** Most procedures in one HTTP call (the client batches what a page asks for at once). */
export const MAX_BATCH = 20;
/** Longest request body, in bytes. */
const MAX_BODY = 256 * 1024;

/** Serves tRPC over HTTP. What is refused before a procedure runs leaves in tRPC's own form, and says when to come again. */
export function handleTrpc(request: Request, source: ContextSource): Promise<Response> {
  const serve = request.method === 'GET' ? read : write;
  return underRequestId(requestIdFrom(request.headers.get('request-id')), () =>
    serve(request, source).catch((refused: unknown) => refuse(request, refused)),
  );
}

function read(request: Request, source: ContextSource): Promise<Response> {
  return admit('read', () => answer(request, () => createContext(source)));
}

/** Anybody may send a body here, so it is read before it takes a place. */
async function write(request: Request, source: ContextSource): Promise<Response> {
  refuseForged(request.headers);
  const body = await readBody(request, MAX_BODY);
  return admit('write', () => answer(withBody(request, body), () => createContext(source)));
}

async function refuse(request: Request, refused: unknown): Promise<Response> {
  // What nobody has read by now is not read any more.
  const unread = request.body ? withBody(request, Buffer.alloc(0)) : request;
  const response = await answer(unread, () => Promise.reject(refused));
  for (const [name, value] of refusalHeaders(publicErrorOf(refused))) response.headers.set(name, value);
  return response;
}

function answer(request: Request, context: () => Promise<Context>): Promise<Response> {
  return fetchRequestHandler({
    endpoint: '/api/trpc',
    req: request,
    router: appRouter,
    maxBatchSize: MAX_BATCH,
    createContext: () =>
      context().catch((error: unknown) => {
        throw trpcErrorOf(error);
      }),
    responseMeta: ({ errors }) => {
      const seconds = errors.map((error) => publicErrorOf(error).details.retryAfterSeconds ?? 0);
      return Math.max(0, ...seconds) > 0 ? { headers: { 'retry-after': String(Math.max(...seconds)) } } : {};
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
