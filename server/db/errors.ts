import { AppError, type ErrorCode } from '#kernel';

/** Postgres error codes that say "the same transaction may succeed if run again": serialization failure and deadlock. */
const TRANSIENT = new Set(['40001', '40P01']);

/** Connection-level codes of Postgres (class 08, shutdown, too many connections) and of the socket below it. */
const UNREACHABLE = new Set([
  '57P01',
  '57P02',
  '57P03',
  '53300',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  // This process has no file descriptor left for another connection.
  'EMFILE',
]);

/** What Postgres itself ended because it took too long: a wait for a lock, a statement, an idle transaction. Nothing was done. */
const TOOK_TOO_LONG = new Set(['55P03', '57014', '25P03']);

/** What pg says, in words only, when a connection is gone or none came free in time. */
const UNREACHABLE_WORDS =
  /connection terminated|timeout exceeded when trying to connect|connection error|client has encountered a connection error/i;

/** Constraints that a caller can run into, and what to tell them; every other broken constraint is a defect of ours. */
const CONSTRAINT_ERRORS: Readonly<Record<string, ErrorCode>> = {
  payment_events_pkey: 'idempotency_mismatch',
  payment_orders_pkey: 'idempotency_mismatch',
};

interface PostgresError {
  readonly code?: string;
  readonly constraint?: string;
  readonly message: string;
}

function isErrorLike(error: unknown): error is PostgresError {
  return typeof error === 'object' && error !== null && 'message' in error;
}

/** The name of the constraint that refused a statement, if one did. */
export function brokenConstraint(error: unknown): string | undefined {
  return isErrorLike(error) ? error.constraint : undefined;
}

/** Whether the same transaction may be run again at once (deadlock or serialization failure). */
export function isTransient(error: unknown): boolean {
  return isErrorLike(error) && TRANSIENT.has(error.code ?? '');
}

/** Whether the database was lost: what the statement did is then not known to the caller. */
export function isConnectionLost(error: unknown): boolean {
  if (!isErrorLike(error)) return false;
  const code = error.code ?? '';
  return UNREACHABLE.has(code) || code.startsWith('08') || UNREACHABLE_WORDS.test(error.message);
}

/** What pg says when no connection came free, or could be opened, in time. */
const NO_CONNECTION_WORDS = /timeout exceeded when trying to connect|due to connection timeout/i;

/**
 * Whether the database kept the caller waiting until a time-out of ours ended it: nothing was done, and doing it again at once would
 * only wait as long again.
 */
export function tookTooLong(error: unknown): boolean {
  return isErrorLike(error) && (TOOK_TOO_LONG.has(error.code ?? '') || NO_CONNECTION_WORDS.test(error.message));
}

/** The typed error a caller should see for a database error, or undefined when it is a defect. */
export function toAppError(error: unknown): AppError | undefined {
  if (isConnectionLost(error)) {
    return new AppError('database_unavailable', 'The database cannot be reached; try again shortly.', {
      retryAfterSeconds: 2,
      cause: error,
    });
  }
  if (isTransient(error) || tookTooLong(error)) {
    return new AppError('database_unavailable', 'The database is too busy; nothing was done. Try again shortly.', {
      retryAfterSeconds: 2,
      cause: error,
    });
  }
  const code = CONSTRAINT_ERRORS[brokenConstraint(error) ?? ''];
  return code && new AppError(code, 'The id is already used by another request.', { cause: error });
}
