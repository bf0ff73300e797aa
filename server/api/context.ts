import type { Context } from 'hono';

export interface ApiEnv {
  Variables: {
    /** Id of the request, in the answer's `Request-Id`, the log and every problem. */
    requestId: string;
    /** Who asks: `key:<api_key_id>`. Set by `authenticate`. */
    principal: string;
  };
}

export type ApiContext = Context<ApiEnv>;
