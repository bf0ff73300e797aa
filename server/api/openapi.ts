import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from './context.ts';
import { type Components, type SampledSchema, sampleOf } from './sample.ts';

export type OpenApiDocument = ReturnType<OpenAPIHono<ApiEnv>['getOpenAPI31Document']>;

const DESCRIPTION = `Take payments for many sellers in one checkout, and read wallets and the ledger.

Authenticate with \`Authorization: Bearer sk_test_…\`. Amounts are decimal strings such as "29.99" and are never rounded. Errors are
problem+json (RFC 9457) with a stable \`code\`. Every answer has a \`Request-Id\`.

Every POST takes an \`Idempotency-Key\`: it then happens once however often it is sent, and is brought to its end even if nobody asks again.`;

/** Describes the API from the same schemas that validate it, with a sample of every body. */
export function openApiDocument(api: OpenAPIHono<ApiEnv>): OpenApiDocument {
  api.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key, sk_test_….',
  });
  const document = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Countinghouse API', version: '1', description: DESCRIPTION },
    security: [{ apiKey: [] }],
    tags: [
      { name: 'Payments', description: 'Server to server, with a token.' },
      { name: 'Checkouts', description: 'The shopper pays on the hosted page.' },
      { name: 'Payouts', description: 'What sellers have earned goes to their banks.' },
      { name: 'Refunds', description: 'Money of a paid order that goes back to the buyer, in full or in parts.' },
      { name: 'Disputes', description: 'What banks ask about or take back, and what is said to it.' },
      {
        name: 'Books',
        description: "Wallets and the ledger are the marketplace's own books: every API key of it reads them.",
      },
    ],
  });
  addSamples(document);
  return document;
}

interface Content {
  readonly content?: Readonly<Record<string, { schema?: SampledSchema; example?: unknown }>>;
}

interface Operation {
  readonly requestBody?: Content;
  readonly responses?: Readonly<Record<string, Content>>;
}

function addSamples(document: OpenApiDocument): void {
  const components = (document.components?.schemas ?? {}) as Components;
  const operations = Object.values(document.paths ?? {}).flatMap((path) => Object.values(path) as Operation[]);
  for (const { requestBody, responses = {} } of operations) {
    for (const { content } of [requestBody ?? {}, ...Object.values(responses)]) {
      const json = content?.['application/json'];
      if (json?.schema) json.example = sampleOf(json.schema, components);
    }
  }
}
