import type { BalanceTransactionPage, BankPayout, BankPayoutPage, OneTransaction } from './balance-transactions.ts';
import type { DisputeList, DisputeOutcome } from './dispute-outcome.ts';
import type { Outcome } from './outcome.ts';
import type { BankAccountOutcome, PayoutOutcome, RecallOutcome } from './payout-outcome.ts';
import type { RefundOutcome } from './refund-outcome.ts';
import type { Absent, Report } from './reports.ts';

/** What may be known after a call, whatever it was about. */
export type AnyOutcome =
  | Outcome
  | RefundOutcome
  | DisputeOutcome
  | DisputeList
  | PayoutOutcome
  | BankAccountOutcome
  | RecallOutcome
  | BalanceTransactionPage
  | BankPayout
  | OneTransaction
  | BankPayoutPage
  | Report
  | Absent;
