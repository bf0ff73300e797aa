import qs from 'qs';
import { type ZodType, z } from 'zod';
import { StripeError } from './stripe-error.ts';

/** Deepest nesting Stripe's own parameters need is six (line_items[0][price_data][product_data][metadata][key]). */
const MAX_DEPTH = 8;
const MAX_PARAMETERS = 1_000;
const MAX_LIST = 100;

/** Reads Stripe's nested form encoding (`a[b][0]=c`). Throws a 400 when it is nested too deep or has too many fields. */
export function parseForm(text: string): Record<string, unknown> {
  if (text === '') return {};
  try {
    return qs.parse(text, {
      depth: MAX_DEPTH,
      strictDepth: true,
      parameterLimit: MAX_PARAMETERS,
      throwOnLimitExceeded: true,
      arrayLimit: MAX_LIST,
      plainObjects: true,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unreadable';
    throw new StripeError(400, 'invalid_request_error', `Invalid form: ${reason}`);
  }
}

/** Checks parameters against their schema; the first problem becomes Stripe's error with the wire name of the parameter. */
export function parseParameters<T>(schema: ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (!issue) throw new Error('a failed parse names no issue');
  if (issue.code === 'unrecognized_keys') {
    const param = wireName([...issue.path, issue.keys[0] ?? '']);
    throw new StripeError(400, 'invalid_request_error', `Received unknown parameter: ${param}`, {
      code: 'parameter_unknown',
      param,
    });
  }
  const param = wireName(issue.path);
  const absent = valueAt(input, issue.path) === undefined;
  const message = absent ? `Missing required param: ${param}.` : `Invalid ${param}: ${issue.message}`;
  throw new StripeError(400, 'invalid_request_error', message, {
    code: absent ? 'parameter_missing' : 'parameter_invalid',
    param,
  });
}

function wireName(path: readonly PropertyKey[]): string {
  const [first = '', ...rest] = path.map(String);
  return first + rest.map((part) => `[${part}]`).join('');
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], input);
}

/** Whole number written in digits only, so that "1e3", "1.0" and " 1" are refused. */
export const wireInteger = z
  .string()
  .regex(/^-?\d{1,15}$/, 'must be an integer')
  .transform(Number);

export const wireBoolean = z.enum(['true', 'false']).transform((value) => value === 'true');

/** Stripe's limits: 50 keys of at most 40 characters, values of at most 500. */
export const wireMetadata = z
  .record(z.string().max(40), z.string().max(500))
  .refine((metadata) => Object.keys(metadata).length <= 50, 'at most 50 keys');

/** Currencies are lower case on Stripe's wire and accepted in either case. */
export const wireCurrency = z
  .string()
  .regex(/^[a-zA-Z]{3}$/, 'must be a three-letter ISO code')
  .transform((code) => code.toLowerCase());

export const expandable = z.array(z.string().max(100)).max(20).optional();

/** Parameters of a call that takes none of its own. */
export const onlyExpand = z.strictObject({ expand: expandable });
