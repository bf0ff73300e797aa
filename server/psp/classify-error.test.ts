import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { classifyEnquiryError, classifyError } from './classify-error.ts';

const { errors } = Stripe;
type RawError = ConstructorParameters<typeof errors.StripeAPIError>[0];
const raw = (fields: object) => fields as RawError;

test('a decline carries the bank’s own word, and only passing trouble invites a new attempt', () => {
  const decline = (code: string, declineCode?: string) =>
    classifyError(
      new errors.StripeCardError(raw({ type: 'card_error', code, decline_code: declineCode, message: 'no' }) as never),
    );
  expect(decline('card_declined', 'insufficient_funds')).toMatchObject({
    kind: 'declined',
    code: 'insufficient_funds',
    tryAgain: false,
  });
  expect(decline('card_declined', 'generic_decline')).toMatchObject({ code: 'card_declined', tryAgain: false });
  expect(decline('expired_card')).toMatchObject({ code: 'expired_card', tryAgain: false });
  for (const passing of ['processing_error', 'issuer_not_available', 'reenter_transaction', 'try_again_later'])
    expect(decline('card_declined', passing)).toMatchObject({ kind: 'declined', tryAgain: true });
  for (const final of ['lost_card', 'stolen_card', 'fraudulent', 'do_not_honor'])
    expect(decline('card_declined', final)).toMatchObject({ kind: 'declined', tryAgain: false });
});

test.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'])(
  '%s means that nothing was sent, and uses up no try',
  (code) => {
    const error = new errors.StripeConnectionError(
      raw({ message: 'x', detail: Object.assign(new Error('x'), { code }) }),
    );
    expect(classifyError(error)).toMatchObject({ kind: 'not_started', reason: code, countsAsTry: false });
  },
);

test.each(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED', '', 'SOMETHING_NEW'])(
  'a connection that broke with "%s" may have carried the request: unknown',
  (code) => {
    const error = new errors.StripeConnectionError(
      raw({ message: 'x', detail: Object.assign(new Error('x'), { code }) }),
    );
    expect(classifyError(error).kind).toBe('unknown');
  },
);

test.each([500, 502, 503, 504, 409, undefined])('status %s says nothing about the charge: unknown', (statusCode) => {
  expect(classifyError(new errors.StripeAPIError(raw({ message: 'x', statusCode }))).kind).toBe('unknown');
});

test.each([400, 401, 403, 404])('status %d is our fault and final', (statusCode) => {
  const error = new errors.StripeInvalidRequestError(
    raw({ type: 'invalid_request_error', code: 'bad', message: 'x', statusCode }) as never,
  );
  expect(classifyError(error)).toMatchObject({ kind: 'refused', code: 'bad' });
});

test.each([400, 401, 403, 404])('status %d to a question says nothing about what was asked', (statusCode) => {
  const error = new errors.StripeInvalidRequestError(
    raw({ type: 'invalid_request_error', code: 'bad', message: 'x', statusCode }) as never,
  );
  expect(classifyEnquiryError(error)).toEqual({ kind: 'unknown', reason: 'not_told:bad' });
});

test('429 did nothing; its Retry-After is kept when it is a number of seconds', () => {
  const limited = (header?: string) =>
    classifyError(
      new errors.StripeRateLimitError(
        raw({ type: 'rate_limit_error', message: 'x', statusCode: 429, headers: { 'retry-after': header } }) as never,
      ),
    );
  expect(limited('7')).toEqual({
    kind: 'not_started',
    reason: 'rate_limited',
    retryAfterSeconds: 7,
    countsAsTry: true,
  });
  for (const odd of [undefined, 'soon', '-1', 'Wed, 21 Oct 2026 07:28:00 GMT'])
    expect(limited(odd)).toMatchObject({ retryAfterSeconds: null });
});

test.each([new Error('x'), new TypeError('cannot read'), 'a string', null, undefined, { code: 'card_declined' }])(
  'whatever else is thrown (%s) is unknown, never failed',
  (error) => {
    expect(classifyError(error).kind).toBe('unknown');
  },
);
