export { type AppliedRefund, applyRefundOutcomes, type RefundReport } from './apply-refund-outcomes.ts';
export { fundRefunds } from './fund-refunds.ts';
export { openRefunds } from './open-refunds.ts';
export { type RefundPart, refundableMinor } from './plan-refund.ts';
export {
  OPEN_REFUND_STATES,
  REFUND_REASONS,
  REFUND_STATES,
  REFUND_TRANSITIONS,
  type RefundReason,
  type RefundState,
  type RequestedReason,
  SECOND_REFUND,
} from './refund-state.ts';
export {
  getRefund,
  listRefunds,
  listRefundsOf,
  type RefundFilter,
  type RefundStep,
  type RefundView,
} from './refunds.queries.ts';
export { refuseWaitingRefunds, undecidedRefundsOf } from './refunds-of-disputed.ts';
export { previewRefund, type RefundRequested, type RefundScope, requestRefund } from './request-refund.ts';
export { closeRefundLetter, pushRefunds, retryRefund, waysOutOfRefunds } from './retry-refund.ts';
export { submitRefunds } from './submit-refunds.ts';
