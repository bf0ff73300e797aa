import { z } from '@hono/zod-openapi';
import { ERROR_CODES, type ErrorCode } from '#kernel';
import { problem } from './schemas/answers.ts';
import { idField } from './schemas/fields.ts';

type Answer = { description: string; content: { 'application/problem+json': { schema: typeof problem } } };

/** Errors that any route may answer. */
const ALWAYS: readonly ErrorCode[] = [
  'unauthenticated',
  'too_many_requests',
  'internal_error',
  'database_unavailable',
  'overloaded',
];

/** Documents the errors of a route, grouped by status. */
export function problems(...codes: ErrorCode[]): Record<number, Answer> {
  const byStatus = Map.groupBy([...codes, ...ALWAYS], (code) => ERROR_CODES[code].status);
  const answers = [...byStatus].map(([status, same]): [number, Answer] => [
    status,
    {
      description: same.map((code) => `\`${code}\`: ${ERROR_CODES[code].title}.`).join(' '),
      content: { 'application/problem+json': { schema: problem } },
    },
  ]);
  return Object.fromEntries(answers);
}

/** What every POST with a body may be refused for before its fields are looked at. */
export const BODY_PROBLEMS = [
  'json_malformed',
  'card_data_refused',
  'body_too_large',
  'body_too_slow',
  'media_type_unsupported',
  'validation_failed',
] as const;
export const AMOUNT_PROBLEMS = [
  'amount_malformed',
  'amount_not_string',
  'amount_too_precise',
  'amount_zero',
  'amount_too_large',
  'currency_unknown',
] as const;
export const KEY_PROBLEMS = ['idempotency_key_invalid', 'idempotency_in_flight', 'idempotency_key_reused'] as const;
export const PROVIDER_PROBLEMS = ['psp_unavailable'] as const;

export const preferHeader = z
  .string()
  .optional()
  .openapi({
    param: { name: 'prefer', in: 'header' },
    description:
      '`respond-async`: answer at once. `wait=N`: wait up to N seconds for the outcome and answer it with 200.',
    example: 'wait=5',
  });

export const idempotencyKeyHeader = z
  .string()
  .optional()
  .openapi({
    param: { name: 'idempotency-key', in: 'header' },
    description:
      'Optional, 1 to 255 characters, such as a UUID made once per wish. The first answer is replayed for a day, marked with `Idempotent-Replayed: true`. When no answer came, send the same again under the same key.',
    example: '6f2c8a52-6a5d-4ab9-9c3a-8f4f0f3f1c77',
  });

export const locationHeader = {
  Location: { schema: { type: 'string' as const }, description: 'Where the payment can be read.' },
};

/** The id in a path, under its own name. */
export function pathId<Name extends string>(name: Name, example: string) {
  return z.object({ [name]: idField.openapi({ param: { name, in: 'path' }, example }) } as Record<
    Name,
    typeof idField
  >);
}
