export { AFTER_OUTAGE_MS, lookAfterOutage } from './after-outage.ts';
export { type AppliedOutcome, applyOutcome, applyOutcomes, type OutcomeReport } from './apply-outcomes.ts';
export { askAgain } from './ask-again.ts';
export {
  ATTEMPT_STATES,
  type AttemptState,
  MAX_SENDS,
  NEVER_REACHED,
  nextLookAt,
  secondsFrom,
  TRIES_UNTIL_TOLD,
} from './attempt-state.ts';
export { cancelCheckout } from './cancel-checkout.ts';
export { closeDeadLetter } from './close-dead-letter.ts';
export { type CommissionLine, commissionReturned, type RefundedSoFar } from './commission.ts';
export { createCheckout, type NewCheckout } from './create-checkout.ts';
export { findPaymentsOf } from './find-checkouts.queries.ts';
export { findPayment, getCheckout, readCheckout } from './get-checkout.ts';
export { type HeldMoney, makeRefundDue, restoreRefunded, startGivingBack } from './give-back.ts';
export { inboxHandled } from './inbox-handled.ts';
export { listFeePlans } from './list-fee-plans.ts';
export { ATTEMPTS_CHANNEL } from './look-sooner.ts';
export { lockOrderFunds, moveOrderFunds, type OrderFunds, toOrderFunds } from './order-funds.ts';
export { type EventStatus, eventStatusOf, ORDER_STATES, ORDER_TRANSITIONS, type OrderState } from './order-state.ts';
export {
  type AttemptView,
  getPaymentDetail,
  getSellerPayment,
  type PaymentDetail,
  type SellerPaymentDetail,
  type TransitionView,
} from './payment-detail.queries.ts';
export { insertOutbox } from './payment-rows.ts';
export {
  type CheckoutRow,
  listCheckouts,
  listSellerPayments,
  type Page,
  type PaymentFilter,
  type SellerPaymentRow,
  unknownPayments,
} from './payments.queries.ts';
export { type Push, pushAttempts } from './push-attempts.ts';
export {
  countOrderRefunds,
  lockAttempts,
  type OrderRefund,
  type RefundableOrder,
  readRefundable,
  refundableOf,
  restoreOrderRefunds,
  toRefundable,
} from './refunded-orders.ts';
export type { Buyer, CheckoutRequest, OrderRequest, PaymentMethod, PaymentRequest } from './request.ts';
export { beginLooks, resolveAttempts } from './resolve-attempts.ts';
export { retryPayment } from './retry-payment.ts';
export { SHORTFALL_POLICIES } from './shortfall.ts';
export { startHostedPayment } from './start-hosted-payment.ts';
export { drainPayments, type TakenPayment, type TakePaymentOptions, takePayment } from './take-payment.ts';
export { unresolvedByAge } from './unresolved.queries.ts';
export type { CheckoutView, PaymentOrderView } from './views.ts';
export { type WayOutOfLetter, waysOutOf } from './ways-out.ts';
