import { config } from '#config';
import { singleton } from '#kernel';
import { createPsp } from './create-psp.ts';
import type { Psp } from './port.ts';

export type { BalanceTransaction, ListedPayout, UnreadableTransaction } from './balance-transactions.ts';
export { ANSWERED } from './breaker.ts';
export type {
  DisputeFacts,
  DisputeList,
  DisputeMovement,
  DisputeOutcome,
  DisputeStage,
} from './dispute-outcome.ts';
export type { Enquiry, Outcome } from './outcome.ts';
export type {
  BankAccountOutcome,
  PayoutEnquiry,
  PayoutOutcome,
  PayoutRef,
  PayoutRequest,
  RecallOutcome,
} from './payout-outcome.ts';
export type { AttemptRef, ChargeRequest, Occasion, Psp, PspEvent, PspHealth, Room, SessionRequest } from './port.ts';
export { listPspHealth, type ReportedHealth, reportPspHealth } from './psp-health.ts';
export { readEvent, verifyWebhook } from './read-webhook.ts';
export type { RefundEnquiry, RefundOutcome, RefundRef, RefundRequest } from './refund-outcome.ts';
export type { ReportQuery } from './reports.ts';
export { createStripePsp, type StripePspOptions } from './stripe-psp.ts';

/** The process's PSP, as `PSP_MODE` says. */
export function psp(): Psp {
  const { PSP_MODE, PSP_BASE_URL, PSP_SECRET_KEY, PSP_TIMEOUT_MS } = config();
  return singleton('psp', () =>
    createPsp({ mode: PSP_MODE, baseUrl: PSP_BASE_URL, secretKey: PSP_SECRET_KEY, timeoutMs: PSP_TIMEOUT_MS }),
  );
}
