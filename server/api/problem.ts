import { HTTPException } from 'hono/http-exception';
import { toAppError } from '#db';
import { AppError, ERROR_CODES, type ErrorCode, type FieldError } from '#kernel';
import { log, mask } from '#observability';
import { refusalHeaders } from '#runtime';
import type { ApiContext } from './context.ts';

/** Media type of RFC 9457. */
export const PROBLEM_TYPE = 'application/problem+json';

/** An error as callers see it: the members of RFC 9457 and ours. Never a stack, a statement or a value of the request. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: ErrorCode;
  readonly param?: string;
  readonly errors?: readonly FieldError[];
  readonly request_id: string;
}

/** The request that a problem is about. */
interface ProblemPlace {
  readonly req: { readonly path: string };
  readonly var: { readonly requestId: string };
}

/** The page that explains a code and its fix. */
export function docsOf(code: ErrorCode): string {
  return `/docs/errors#${code}`;
}

/** The typed error behind whatever was thrown. A defect is logged here, once, and its caller learns only the request's id. */
export function asAppError(error: unknown, c: ApiContext): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof HTTPException) return fromFramework(error);
  const known = toAppError(error);
  if (known) return known;
  log().error({ err: error, request_id: c.var.requestId }, 'a request met a defect');
  return new AppError(
    'internal_error',
    `Something went wrong on our side. Quote the request id ${c.var.requestId} when you ask about it.`,
  );
}

/** What the web framework refuses by itself. */
function fromFramework(error: HTTPException): AppError {
  if (error.status === 415) return mediaTypeUnsupported();
  return new AppError('json_malformed', 'The request body is not well-formed JSON.');
}

export function mediaTypeUnsupported(): AppError {
  return new AppError('media_type_unsupported', 'Send the body as JSON with Content-Type: application/json.');
}

export function toProblem(error: AppError, c: ProblemPlace): Problem {
  const { status, title } = ERROR_CODES[error.code];
  const { param, errors } = error.details;
  return {
    type: docsOf(error.code),
    title,
    status,
    detail: error.message,
    instance: mask(c.req.path),
    code: error.code,
    ...(param !== undefined && { param }),
    ...(errors !== undefined && { errors }),
    request_id: c.var.requestId,
  };
}

/** Answers an error as problem+json, with the headers that belong to it. */
export function problemResponse(error: AppError, c: ProblemPlace): Response {
  const headers = refusalHeaders(error);
  headers.set('content-type', PROBLEM_TYPE);
  if (error.code === 'unauthenticated') headers.set('www-authenticate', 'Bearer');
  return new Response(JSON.stringify(toProblem(error, c)), { status: error.status, headers });
}
