export { addBankAccount, type NewBankAccount } from './add-bank-account.ts';
export { applyPayoutOutcomes, type PayoutReport } from './apply-payout-outcomes.ts';
export { approvePayout, cancelPayout } from './decide-by-person.ts';
export { payOutScheduled, setPayoutSchedule } from './pay-out-scheduled.ts';
export {
  getPayoutSettings,
  type PayoutSettings,
  type UnverifiedSeller,
  unverifiedSellers,
} from './payable-sellers.queries.ts';
export { type PayoutSchedule, SCHEDULES } from './payout-schedule.ts';
export { PAYOUT_STATES, PAYOUT_TRANSITIONS, type PayoutState } from './payout-state.ts';
export { type PayoutStatement, payoutStatement, payoutStatementCsv } from './payout-statement.ts';
export {
  type BankView,
  getPayout,
  listPayouts,
  type PayoutDetail,
  type PayoutFilter,
  type PayoutView,
} from './payouts.queries.ts';
export { recallPayouts } from './recall-payouts.ts';
export { requestPayout } from './request-payout.ts';
export { closePayoutLetter, pushPayouts, retryPayout, waysOutOfPayouts } from './retry-payout.ts';
export { submitPayouts } from './submit-payouts.ts';
export { verifySeller } from './verify-seller.ts';
