import type { MiddlewareHandler } from 'hono';
import { AppError, type ErrorCode } from '#kernel';
import { hasCardNumber } from '#observability';
import { readBody, withBody } from '#runtime';
import type { ApiEnv } from './context.ts';
import { toPointer } from './field-errors.ts';
import { mediaTypeUnsupported } from './problem.ts';

/** Largest request body, in bytes: a bulk of one hundred payments takes about a quarter of it. */
export const MAX_BODY_BYTES = 256 * 1024;
/** Deepest nesting of objects and arrays; our own requests have five levels. */
const MAX_DEPTH = 16;

const JSON_TYPE = /^application\/json\s*(;|$)/i;

/** Reads no more than the limit, and no longer than a body may take; an announced length above it is refused before a byte is read. */
export const limitBody: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (c.req.raw.body) c.req.raw = withBody(c.req.raw, await readBody(c.req.raw, MAX_BODY_BYTES));
  return next();
};

/**
 * Refuses what no route may ever see: bodies that are not JSON, that carry card numbers, that nest too deep, or whose text a
 * database cannot store; and addresses with a card number in them. Schemas come after it.
 */
export const guardBody: MiddlewareHandler<ApiEnv> = async (c, next) => {
  // An address is repeated in answers, and answers are kept.
  if (hasCardNumber(c.req.url)) throw cardDataRefused([]);
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
  const text = await c.req.text();
  if (text !== '') {
    if (!JSON_TYPE.test(c.req.header('content-type') ?? '')) throw mediaTypeUnsupported();
    inspect(parseJson(text), []);
  }
  return next();
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('json_malformed', 'The request body is not well-formed JSON.');
  }
}

function inspect(value: unknown, path: readonly (string | number)[]): void {
  if (typeof value === 'string' || typeof value === 'number') inspectText(String(value), path);
  if (typeof value !== 'object' || value === null) return;
  if (path.length >= MAX_DEPTH)
    throw refusal('validation_failed', path.slice(0, 3), `Objects and arrays may nest ${MAX_DEPTH} deep.`);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) inspect(item, [...path, index]);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    inspectText(key, path);
    inspect(item, [...path, key]);
  }
}

function inspectText(text: string, path: readonly (string | number)[]): void {
  if (hasCardNumber(text)) throw cardDataRefused(path);
  if (text.includes('\0') || !text.isWellFormed()) {
    throw refusal('validation_failed', path, 'Text must be well-formed Unicode without NUL characters.');
  }
}

function cardDataRefused(path: readonly (string | number)[]): AppError {
  return refusal(
    'card_data_refused',
    path,
    'This holds a number that passes as a card number. Send a token from the payment provider instead. If it is an id of yours, put a letter directly before the digits.',
  );
}

function refusal(code: ErrorCode, path: readonly (string | number)[], detail: string): AppError {
  return new AppError(code, detail, { errors: [{ pointer: toPointer(path), code, detail }] });
}
