/** Error types of Stripe's API; the official SDK chooses its exception class by them and by the status. */
export type ErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error' | 'rate_limit_error';

export interface ErrorFields {
  readonly code?: string;
  readonly decline_code?: string | null;
  readonly param?: string;
  readonly charge?: string | null;
  readonly payment_intent?: unknown;
  readonly payment_method?: unknown;
}

/** A refusal in Stripe's wire format. Thrown before anything is written: such an answer is never kept for a key. */
export class StripeError extends Error {
  readonly status: number;
  readonly type: ErrorType;
  readonly fields: ErrorFields;

  constructor(status: number, type: ErrorType, message: string, fields: ErrorFields = {}) {
    super(message);
    this.name = 'StripeError';
    this.status = status;
    this.type = type;
    this.fields = fields;
  }
}

/** Wire form of an error: `{error: {type, code, decline_code, message, param, doc_url, …}}`. */
export function errorBody(type: ErrorType, message: string, fields: ErrorFields = {}): object {
  const { code, decline_code, ...rest } = fields;
  return {
    error: {
      ...(code && { code, doc_url: `https://docs.stripe.com/error-codes#${code.replaceAll('_', '-')}` }),
      ...(decline_code && { decline_code }),
      message,
      ...rest,
      type,
    },
  };
}

/** 400 for one parameter, named as on the wire (`card[number]`). */
export function invalid(param: string, message: string, code = 'parameter_invalid'): StripeError {
  return new StripeError(400, 'invalid_request_error', message, { code, param });
}

/** 404 as Stripe words it. Another merchant's object and no object would read alike. */
export function missing(kind: string, id: string, param = 'id'): StripeError {
  return new StripeError(404, 'invalid_request_error', `No such ${kind}: '${id}'`, { code: 'resource_missing', param });
}

/** 400 because the object's state does not allow it; carries the object so that the caller sees the true state. */
export function unexpectedState(code: string, message: string, fields: ErrorFields = {}): StripeError {
  return new StripeError(400, 'invalid_request_error', message, { code, ...fields });
}
