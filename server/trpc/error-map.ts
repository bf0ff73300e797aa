import { TRPCError } from '@trpc/server';
import { ZodError } from 'zod';
import { toAppError } from '#db';
import { AppError, ERROR_CODES, type ErrorCode, type FieldError, toPointer } from '#kernel';

type TrpcCode = TRPCError['code'];
type Status = (typeof ERROR_CODES)[ErrorCode]['status'];

/** The one map from our statuses to tRPC's names for them; a status without a name is a compile error. */
const TRPC_CODES: Record<Status, TrpcCode> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  408: 'TIMEOUT',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'UNPROCESSABLE_CONTENT',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_SERVER_ERROR',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
};

/** What tRPC itself refuses before a procedure runs. Its own messages repeat the input, so ours are sent instead. */
const REFUSED_BY_TRPC: Partial<Record<TrpcCode, ErrorCode>> = {
  BAD_REQUEST: 'validation_failed',
  PARSE_ERROR: 'json_malformed',
  NOT_FOUND: 'not_found',
  METHOD_NOT_SUPPORTED: 'method_not_allowed',
  PAYLOAD_TOO_LARGE: 'body_too_large',
  UNSUPPORTED_MEDIA_TYPE: 'media_type_unsupported',
};

/**
 * What a caller may learn of an error. Typed errors pass; the validation of input becomes a list of fields; everything else,
 * whatever it says, becomes one generic `internal_error` that carries the original as its cause, for the log.
 */
export function publicErrorOf(error: unknown): AppError {
  const cause = error instanceof TRPCError ? error.cause : error;
  if (cause instanceof AppError) return cause;
  if (cause instanceof ZodError) return validationFailed(cause);
  const refused = error instanceof TRPCError ? REFUSED_BY_TRPC[error.code] : undefined;
  if (refused) return new AppError(refused, `${ERROR_CODES[refused].title}.`);
  return (
    toAppError(cause) ??
    new AppError('internal_error', 'Something went wrong on our side. Quote the request id if you ask for help.', {
      cause: error,
    })
  );
}

/** The error in tRPC's clothes; `cause` is always an {@link AppError}. */
export function trpcErrorOf(error: unknown): TRPCError {
  const known = publicErrorOf(error);
  return new TRPCError({ code: TRPC_CODES[ERROR_CODES[known.code].status], message: known.message, cause: known });
}

function validationFailed(error: ZodError): AppError {
  const errors: FieldError[] = error.issues.map(({ path, code, message }) => ({
    pointer: toPointer(path),
    code,
    detail: message,
  }));
  return new AppError('validation_failed', 'The request has fields that are not valid.', { errors });
}
