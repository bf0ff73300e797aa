export { type AppliedRefund, applyRefundOutcomes, type RefundReport } from './apply-refund-outcomes.ts';
export { openRefunds } from './open-refunds.ts';
export {
  OPEN_REFUND_STATES,
  REFUND_STATES,
  REFUND_TRANSITIONS,
  type RefundState,
  SECOND_REFUND,
} from './refund-state.ts';
export { listRefundsOf, type RefundStep, type RefundView } from './refunds.queries.ts';
export { closeRefundLetter, pushRefunds, retryRefund, waysOutOfRefunds } from './retry-refund.ts';
export { submitRefunds } from './submit-refunds.ts';
