/**
 * The closed list of errors a caller can meet. `status` is the HTTP status of the REST API, `retryable` says whether the
 * same request may succeed later unchanged. Codes are part of the public contract: add, never rename.
 */
export const ERROR_CODES = {
  amount_malformed: { status: 400, retryable: false, title: 'The amount is not a decimal number' },
  amount_not_string: { status: 400, retryable: false, title: 'The amount must be a string' },
  amount_too_large: { status: 400, retryable: false, title: 'The amount is above the limit' },
  amount_too_precise: { status: 400, retryable: false, title: 'The amount has too many decimals' },
  amount_zero: { status: 400, retryable: false, title: 'The amount must be greater than zero' },
  bank_account_refused: { status: 409, retryable: false, title: 'The bank account cannot be used' },
  body_too_large: { status: 413, retryable: false, title: 'The request body is too large' },
  body_too_slow: { status: 408, retryable: true, title: 'The request body took too long to arrive' },
  card_data_refused: { status: 400, retryable: false, title: 'Card numbers must never be sent to this server' },
  checkout_not_payable: { status: 409, retryable: false, title: 'This checkout can no longer be paid' },
  currency_mixed: { status: 400, retryable: false, title: 'One hosted checkout takes one currency' },
  currency_unknown: { status: 400, retryable: false, title: 'The currency is not supported' },
  database_unavailable: { status: 503, retryable: true, title: 'The database cannot be reached' },
  dispute_not_answerable: { status: 409, retryable: false, title: 'Nothing can be said to this dispute now' },
  event_not_ours: { status: 400, retryable: false, title: 'The event is of another account or of live mode' },
  forbidden: { status: 403, retryable: false, title: 'Your role does not allow this' },
  idempotency_in_flight: { status: 409, retryable: true, title: 'A request with this key is still running' },
  idempotency_key_invalid: { status: 400, retryable: false, title: 'The idempotency key is not usable' },
  idempotency_key_reused: { status: 422, retryable: false, title: 'This key was used with another request' },
  idempotency_mismatch: { status: 409, retryable: false, title: 'This id was used with another request' },
  internal_error: { status: 500, retryable: true, title: 'Something went wrong on our side' },
  json_malformed: { status: 400, retryable: false, title: 'The request body is not JSON' },
  media_type_unsupported: { status: 415, retryable: false, title: 'Send the request body as application/json' },
  method_not_allowed: { status: 405, retryable: false, title: 'This method is not allowed here' },
  not_found: { status: 404, retryable: false, title: 'Nothing is known by this id' },
  overloaded: { status: 503, retryable: true, title: 'Too much work is waiting' },
  payout_below_minimum: { status: 409, retryable: false, title: 'The amount is below the smallest payout' },
  payout_exceeds_available: { status: 409, retryable: false, title: 'The payout is more than what is available' },
  payout_state_conflict: { status: 409, retryable: false, title: 'The payout is past this step' },
  psp_refused: { status: 502, retryable: false, title: 'The payment provider refused the request' },
  psp_unavailable: { status: 503, retryable: true, title: 'The payment provider cannot be reached' },
  refund_exceeds_captured: { status: 409, retryable: false, title: 'More would go back than is left of the payment' },
  refund_not_allowed: { status: 409, retryable: false, title: 'This payment cannot be refunded as it stands' },
  second_person_needed: { status: 403, retryable: false, title: 'A second person has to decide this' },
  seller_not_payable: { status: 409, retryable: false, title: 'This seller cannot be paid out yet' },
  signature_invalid: { status: 400, retryable: false, title: 'The webhook signature is not valid' },
  too_many_requests: { status: 429, retryable: true, title: 'Too many requests' },
  unauthenticated: { status: 401, retryable: false, title: 'Credentials are missing or not valid' },
  validation_failed: { status: 400, retryable: false, title: 'The request has fields that are not valid' },
} as const satisfies Record<string, { status: number; retryable: boolean; title: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One field that was refused: `pointer` is a JSON pointer into the request body. */
export interface FieldError {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

export interface AppErrorDetails {
  /** Name of the single parameter at fault. */
  readonly param?: string;
  /** Seconds after which a retry makes sense. */
  readonly retryAfterSeconds?: number;
  readonly errors?: readonly FieldError[];
  readonly cause?: unknown;
}

/** An operating error: expected, typed, safe to show. Programmer errors are assertions instead. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: AppErrorDetails;

  constructor(code: ErrorCode, message: string, details: AppErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }
}
