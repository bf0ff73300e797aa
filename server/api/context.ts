import type { Context } from 'hono';
import type { AbandonedRequest } from '#idempotency';

/** How to send a keyed request through the app again. */
export interface RestCall {
  readonly door: 'rest';
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The binding under which the worker hands an abandoned request to the app, in the place of its API key. No request can carry it:
 * a symbol comes over no wire, and the mounts pass no bindings.
 */
export const ABANDONED: unique symbol = Symbol('abandoned request');

export interface ApiEnv {
  Bindings: { readonly [ABANDONED]?: AbandonedRequest<RestCall> } | undefined;
  Variables: {
    /** Id of the request, in the answer's `Request-Id`, the log and every problem. */
    requestId: string;
    /** Who asks: `key:<api_key_id>`. Set by `authenticate`. */
    principal: string;
    /** The parsed body; undefined when there is none. Set by `guardBody`, which has looked through it. */
    body?: unknown;
    /** What the caller has left, in the headers of the answer. Set by `limitRate`. */
    rateLimit: Readonly<Record<string, string>>;
  };
}

export type ApiContext = Context<ApiEnv>;
