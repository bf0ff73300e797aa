import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context as HonoContext } from 'hono';
import { AppError, newId } from '#kernel';
import { checkConnected } from '../accounts/check-connected.ts';
import { API_VERSION } from '../events/render-event.ts';
import { checkKey, fingerprintOf } from '../idempotency/fingerprint.ts';
import type { Replay } from '../idempotency/idempotent-calls.ts';
import { completeWrites } from '../requests/complete-writes.ts';
import type { ApiRequest, Context, Decision, Handler } from '../requests/request.ts';
import type { Simulator } from '../simulator.ts';
import { type Answer, bytesOf, Disconnect } from './answer.ts';
import { type Access, authenticate } from './authenticate.ts';
import { parseForm } from './form.ts';
import { errorBody, StripeError } from './stripe-error.ts';

/** Largest body taken: far above any form Stripe's SDK sends. */
const MAX_BODY_BYTES = 256 * 1024;
/** Told to callers that were turned away. */
const RETRY_AFTER_SECONDS = 1;

type Http = HonoContext<{ Bindings: HttpBindings }>;

/**
 * Turns a handler into a route: key check, form, faults, idempotency, then the answer with Stripe's headers. Every
 * error becomes a Stripe error object; a disconnect cuts the socket without an answer.
 */
export function endpoint(simulator: Simulator, access: Access, handler: Handler) {
  return async (http: Http): Promise<Response> => {
    const id = newId('req');
    try {
      authenticate(http.req.header('authorization'), access, simulator.keys);
      checkVersion(http.req.header('stripe-version'));
      const request = await readRequest(http, simulator, id);
      await checkConnected(simulator.store, request);
      if (simulator.resends.isExpected(request.idempotencyKey)) return drop(http);
      const result = await serve(simulator, request, handler);
      const { answer, originalRequest } = 'answer' in result ? result : { answer: result, originalRequest: undefined };
      return answer.lost ? cut(http, simulator) : respond(answer, id, originalRequest);
    } catch (error) {
      return error instanceof Disconnect ? cut(http, simulator) : respond(errorAnswer(error), id);
    }
  };
}

async function serve(simulator: Simulator, request: ApiRequest, handler: Handler): Promise<Answer | Replay> {
  await simulator.faults.before(request);
  const context = contextOf(simulator, request);
  if (request.method !== 'POST') return handler(context);
  const result = await simulator.idempotency.once(request, () => handler(context));
  if ('answer' in result) return { ...result, answer: await simulator.faults.after(request, result.answer) };
  return simulator.faults.after(request, result);
}

function contextOf(simulator: Simulator, request: ApiRequest): Context {
  const wake = (decision: Decision) => {
    if (decision.events.length > 0) simulator.sender.wake();
    return decision.answer;
  };
  return {
    simulator,
    request,
    async commit(decision) {
      await simulator.store.commit(completeWrites(simulator, decision, request));
      return wake(decision);
    },
    async transact(work) {
      const { decision } = await simulator.store.transact(async (tx) => {
        const decision = await work(tx);
        return { decision, writes: completeWrites(simulator, decision, request) };
      });
      return wake(decision);
    },
  };
}

async function readRequest(http: Http, simulator: Simulator, id: string): Promise<ApiRequest> {
  const { method, path } = http.req;
  const account = http.req.header('stripe-account') ?? null;
  const ids = http.req.param() as Record<string, string>;
  if (method !== 'POST') {
    const query = http.req.url.indexOf('?');
    const input = parseForm(query < 0 ? '' : http.req.url.slice(query + 1));
    return { id, method, path, ids, input, idempotencyKey: null, fingerprint: '', account };
  }
  const idempotencyKey = http.req.header('idempotency-key') ?? null;
  if (idempotencyKey !== null) checkKey(idempotencyKey);
  checkLength(http);
  const body = await http.req.text();
  const fingerprint = idempotencyKey === null ? '' : fingerprintOf(simulator.keys.secret, path, body, account);
  return { id, method, path, ids, input: parseForm(body), idempotencyKey, fingerprint, account };
}

/** The length is known before a byte is read: HTTP clients that send forms always say it. */
function checkLength(http: Http): void {
  if (http.req.header('transfer-encoding') !== undefined) {
    throw new StripeError(411, 'invalid_request_error', 'Send the body with a Content-Length.');
  }
  if (Number(http.req.header('content-length') ?? 0) > MAX_BODY_BYTES) {
    throw new StripeError(413, 'invalid_request_error', 'The request body is too large.');
  }
}

function checkVersion(version: string | undefined): void {
  if (version !== undefined && !/^\d{4}-\d{2}-\d{2}(\.\w+)?$/.test(version)) {
    throw new StripeError(400, 'invalid_request_error', `Invalid Stripe API version: ${version.slice(0, 40)}`);
  }
}

function errorAnswer(error: unknown): Answer {
  if (error instanceof StripeError) {
    const { status, type, message, fields } = error;
    const retryAfterSeconds = status === 429 ? RETRY_AFTER_SECONDS : undefined;
    return { status, body: JSON.stringify(errorBody(type, message, fields)), retryAfterSeconds };
  }
  if (error instanceof AppError && error.code === 'overloaded') {
    const message = 'Too many requests wait already; nothing was done.';
    return errorAnswer(new StripeError(429, 'rate_limit_error', message, { code: 'rate_limit' }));
  }
  // What the database or the network reports needs no stack; anything else is a fault of this code.
  const { code, message, stack } = error as { code?: string; message?: string; stack?: string };
  console.error(`psp-simulator: a request failed: ${code === undefined ? stack : `${code} ${message}`}`);
  return { status: 500, body: JSON.stringify(errorBody('api_error', 'An unexpected error occurred.')) };
}

function respond(answer: Answer, requestId: string, originalRequest?: string): Response {
  const { status, body, retryAfterSeconds, location, contentType = 'application/json', stream } = answer;
  const headers: Record<string, string> = {
    'content-type': contentType,
    'request-id': requestId,
    'stripe-version': API_VERSION,
  };
  if (originalRequest) {
    headers['idempotent-replayed'] = 'true';
    headers['original-request'] = originalRequest;
  }
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  if (location !== undefined) headers.location = location;
  return new Response(stream ? bytesOf(stream) : body, { status, headers });
}

/** Loses the call for good: this connection, and the one on which the SDK sends it again. */
function cut(http: Http, { resends }: Simulator): Response {
  resends.expect(http.req.header('idempotency-key') ?? null, http.req.header('user-agent'));
  return drop(http);
}

/** Ends the connection the way a dying server does: no status, no body. */
function drop(http: Http): Response {
  http.env.incoming.socket.destroy();
  return RESPONSE_ALREADY_SENT;
}
