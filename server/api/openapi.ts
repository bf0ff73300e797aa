import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from './context.ts';

export type OpenApiDocument = ReturnType<OpenAPIHono<ApiEnv>['getOpenAPI31Document']>;

const DESCRIPTION = `Take payments for many sellers in one checkout, and read wallets and the ledger.

Authenticate with \`Authorization: Bearer sk_test_…\`. Amounts are decimal strings such as "29.99" and are never rounded. Errors are
problem+json (RFC 9457) with a stable \`code\`. Every answer has a \`Request-Id\`.`;

/** Describes the API from the same schemas that validate it. */
export function openApiDocument(api: OpenAPIHono<ApiEnv>): OpenApiDocument {
  api.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key, sk_test_….',
  });
  return api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Countinghouse API', version: '1', description: DESCRIPTION },
    security: [{ apiKey: [] }],
    tags: [
      { name: 'Payments', description: 'Server to server, with a token.' },
      { name: 'Checkouts', description: 'The shopper pays on the hosted page.' },
      {
        name: 'Books',
        description: "Wallets and the ledger are the marketplace's own books: every API key of it reads them.",
      },
    ],
  });
}
