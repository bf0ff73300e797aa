/** What holds for every call, each in a title and a sentence or two. Backticks mark code. */
export const CONVENTIONS: readonly { readonly title: string; readonly text: string }[] = [
  {
    title: 'Authentication',
    text: 'Send your key as `Authorization: Bearer sk_test_…`. Payments and checkouts belong to the key that made them; to another key they do not exist.',
  },
  {
    title: 'Amounts',
    text: 'Decimal strings with their currency beside them: `"29.99"` USD, `"500"` JPY, `"1.234"` KWD. Nothing is rounded. Numbers, signs, exponents and too many decimals are refused, each with its own code.',
  },
  {
    title: 'Asking twice is safe',
    text: '`checkout_id` and `payment_order_id` are unique for ever. The same request again answers the stored result, marked `Idempotent-Replayed: true`; another request under the same id is a 409. An `Idempotency-Key` does the same for any POST, for a day.',
  },
  {
    title: 'Waiting',
    text: 'A payment is answered with 202 and the state its orders have reached within a few seconds. `Prefer: wait=N` waits up to N seconds and answers 200 with the outcome, `Prefer: respond-async` does not wait. `Location` says where to look again.',
  },
  {
    title: 'Unknown is not failed',
    text: 'When the payment provider went silent in the middle of a charge, the order is EXECUTING with `unknown: true` while the provider is asked. Do not pay again: it ends as SUCCESS or FAILED by itself.',
  },
  {
    title: 'Errors',
    text: 'Problem documents (RFC 9457) as `application/problem+json` with a stable `code`. `errors` names every field at fault by JSON pointer. Quote `request_id` when you ask for help.',
  },
  {
    title: 'Card numbers',
    text: 'They never belong here. A body with a number that passes as a card number is refused whole, whatever the field; send a token.',
  },
];
