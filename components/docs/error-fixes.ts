import type { ErrorCode } from '#kernel';

/** What to do about each code. */
export const ERROR_FIXES: Readonly<Record<ErrorCode, string>> = {
  amount_malformed:
    'Send digits with at most one decimal point, such as "29.99": no sign, exponent, space or thousands separator.',
  amount_not_string: 'Put the amount in quotes. JSON numbers lose digits on the way: "29.99", not 29.99.',
  amount_too_large: 'Split the payment, or check whether you sent minor units (cents) by mistake.',
  amount_too_precise:
    'Send no more decimals than the currency has: 2 for USD, 0 for JPY, 3 for KWD. Nothing is rounded for you.',
  amount_zero: 'Leave orders of nothing out of the request.',
  bank_account_refused: 'Check the number and the currency, and add the bank account again with a new token.',
  body_too_large: 'Send fewer payments or orders in one request.',
  body_too_slow: 'Send the whole body at once, over a connection that carries it in seconds.',
  card_data_refused:
    'Remove the card number and send a token from the payment provider. If the number is an id of yours that happens to look like a card number, put a letter directly before its digits.',
  checkout_not_payable:
    'Read the payment: it is paid, expired, cancelled or still under way. Only a failed order can be retried.',
  currency_mixed: 'Open one hosted checkout per currency.',
  currency_unknown: 'Send one of the supported ISO 4217 codes in capitals, such as "USD".',
  database_unavailable: 'Nothing was lost. Repeat the same request after Retry-After.',
  dispute_not_answerable:
    'Read the dispute: evidence is taken once, unless the provider refused it, until its deadline; an inquiry cannot be accepted.',
  event_not_ours: 'Point the webhook endpoint at the account and the mode that this system is set up for.',
  forbidden: 'Ask somebody with the role that the message names.',
  idempotency_in_flight:
    'The first request with this key is still running. Repeat it unchanged after Retry-After to get its answer.',
  idempotency_key_invalid: 'Send one key of 1 to 255 printable ASCII characters, for example a UUID.',
  idempotency_key_reused:
    'Make a new key for each new request; repeat a request with its own key and the very same body.',
  idempotency_mismatch:
    'A payment with this id exists with other content. Read it by its id, or use a new id for a new payment.',
  internal_error: 'Repeat the same request: with its ids it cannot charge twice. If it stays, quote the request id.',
  json_malformed: 'Send one JSON object, encoded as UTF-8.',
  media_type_unsupported: 'Set the header Content-Type: application/json.',
  method_not_allowed: 'Use a method that the Allow header of the answer names.',
  not_found: 'Check the id and the key you send it with: what belongs to another key is not found either.',
  overloaded: 'Nothing was done. Repeat the same request after Retry-After.',
  payout_below_minimum: 'Wait until more is available; small balances are paid together.',
  payout_exceeds_available:
    'Read the wallet and ask for no more than `available`, or leave the amount out to pay all of it.',
  payout_state_conflict: 'Read the payout: it was sent, cancelled or approved meanwhile.',
  psp_refused:
    'The payment provider refused what we sent it. It is a fault of the set-up, not of the shopper; quote the request id.',
  psp_unavailable: 'Nothing was charged. Repeat the same request after Retry-After.',
  refund_exceeds_captured:
    'Read the payment: `refunded` says what went back or is on its way. Ask for no more than is left.',
  refund_not_allowed:
    'Read the payment: only a paid order can be refunded, and not while its money is disputed or after it was lost.',
  second_person_needed: 'Have somebody else approve it: never the one who asked for it.',
  seller_not_payable: 'The seller has to be verified and needs a working bank account in this currency.',
  signature_invalid: 'Sign the webhook with the secret of this endpoint, over the raw body, with a fresh timestamp.',
  too_many_requests: 'Wait as long as Retry-After says.',
  unauthenticated: 'Send a valid key in the header Authorization: Bearer sk_test_…. Keys can be revoked.',
  validation_failed: 'Fix the fields that errors names; each entry has a JSON pointer and a sentence.',
};
