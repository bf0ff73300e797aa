import type { ChargeRow, Failure } from '../database/rows.ts';
import type { Confirmation, Confirmed } from '../intents/confirm-intent.ts';

/** What a bank that does not pay is told as; the shopper has left long ago. */
export const DEBIT_FAILED: Failure = {
  type: 'invalid_request_error',
  code: 'payment_intent_payment_attempt_failed',
  decline_code: null,
  message: 'The payment failed.',
};

/** Sends a debit to the bank: the intent is `processing` until its answer comes. Pure. */
export function beginDebit(
  { intent, method, debitAt }: Confirmation,
  draft: Omit<ChargeRow, 'status' | 'balance_transaction' | 'failure'>,
  next: 'succeed' | 'fail',
): Confirmed {
  const charge: ChargeRow = {
    ...draft,
    status: 'pending',
    balance_transaction: null,
    failure: null,
    next,
    next_at: debitAt.toISOString(),
  };
  return {
    intent: {
      ...intent,
      status: 'processing',
      payment_method: method.id,
      latest_charge: charge.id,
      last_payment_error: null,
      next_action: null,
    },
    charge,
    booking: null,
    failure: null,
  };
}
