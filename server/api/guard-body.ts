import type { MiddlewareHandler } from 'hono';
import { AppError } from '#kernel';
import { inspectInput } from '#observability';
import { readBody, withBody } from '#runtime';
import type { ApiEnv } from './context.ts';
import { mediaTypeUnsupported } from './problem.ts';

/** Largest request body, in bytes: a bulk of one hundred payments takes about a quarter of it. */
export const MAX_BODY_BYTES = 256 * 1024;

const JSON_TYPE = /^application\/json\s*(;|$)/i;

const CARD_ADVICE =
  'This holds a number that passes as a card number. Send a token from the payment provider instead. If it is an id of yours, put a letter directly before the digits.';

/** Reads no more than the limit, and no longer than a body may take; an announced length above it is refused before a byte is read. */
export const limitBody: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (c.req.raw.body) c.req.raw = withBody(c.req.raw, await readBody(c.req.raw, MAX_BODY_BYTES));
  return next();
};

/**
 * Refuses what no route may ever see: bodies that are not JSON, that carry card numbers, that nest too deep, or whose text a
 * database cannot store; and addresses with a card number in them. Schemas come after it. What it let pass is `body`.
 */
export const guardBody: MiddlewareHandler<ApiEnv> = async (c, next) => {
  // An address is repeated in answers, and answers are kept.
  inspectInput(inPlain(c.req.url), CARD_ADVICE);
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
  const text = await c.req.text();
  if (text !== '') {
    if (!JSON_TYPE.test(c.req.header('content-type') ?? '')) throw mediaTypeUnsupported();
    const body = parseJson(text);
    inspectInput(body, CARD_ADVICE);
    c.set('body', body);
  }
  return next();
};

/** An address as its readers understand it, so that no escape and no plus hides a digit. */
function inPlain(url: string): string {
  return url.replaceAll('+', ' ').replaceAll(/%[0-7][0-9a-f]/gi, decodeURIComponent);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('json_malformed', 'The request body is not well-formed JSON.');
  }
}
