import type { Money } from '#kernel';
import type {
  BalanceTransactionPage,
  BalanceTransactionQuery,
  BankPayout,
  BankPayoutPage,
  BankPayoutQuery,
  NotTold,
  OneTransaction,
} from './balance-transactions.ts';
import type { DisputeFacts, DisputeList, DisputeOutcome, DisputeResponse } from './dispute-outcome.ts';
import type { Enquiry, Outcome } from './outcome.ts';
import type {
  BankAccountOutcome,
  BankAccountRequest,
  PayoutEnquiry,
  PayoutOutcome,
  PayoutRef,
  PayoutRequest,
  RecallOutcome,
} from './payout-outcome.ts';
import type { RefundEnquiry, RefundOutcome, RefundRef, RefundRequest } from './refund-outcome.ts';
import type { Absent, Report, ReportQuery } from './reports.ts';

/** A payment to take with a token, without the shopper. `attemptId` is the idempotency key at the PSP. */
export interface ChargeRequest {
  readonly attemptId: string;
  readonly checkoutId: string;
  readonly orderIds: readonly string[];
  readonly amount: Money;
  /** Token or payment method id; never a card number. */
  readonly paymentMethod: string;
}

/** A hosted page to open for the shopper. */
export interface SessionRequest {
  readonly attemptId: string;
  readonly checkoutId: string;
  readonly orderIds: readonly string[];
  readonly buyerEmail: string;
  readonly lines: readonly { readonly description: string; readonly seller: string; readonly amount: Money }[];
  readonly successUrl: string;
  readonly cancelUrl: string;
}

/** How the PSP knows an attempt: whatever ids were learned so far. */
export interface AttemptRef {
  readonly attemptId: string;
  readonly kind: 'direct' | 'hosted';
  readonly pspPaymentId: string | null;
  readonly pspSessionId: string | null;
}

/** A verified webhook: which attempt it speaks of, and what it says. */
export interface PspEvent {
  readonly eventId: string;
  readonly account: string;
  readonly type: string;
  readonly attemptId: string | null;
  /** Null for types that change nothing here. `enquire` asks for the truth instead of trusting a thin event. */
  readonly news: Outcome | { readonly kind: 'enquire' } | null;
  /** Our own balance there moved, not a seller's: its list is worth reading now. */
  readonly movesBalance: boolean;
  /** Set when it speaks of a refund of ours instead. */
  readonly refund: { readonly refundId: string; readonly news: RefundOutcome } | null;
  /** Set when it speaks of a payout of ours to a seller's bank; `account` is then that seller's. */
  readonly payout: { readonly payoutId: string; readonly news: PayoutOutcome } | null;
  /** Set when it speaks of a dispute instead. */
  readonly dispute: DisputeFacts | null;
}

/**
 * Why a call is made; all but first calls are paid for by the retry budget.
 * - `first`: nothing about this attempt is waited for.
 * - `retry`: it repeats an earlier call, or asks because that one was not answered.
 * - `look`: it asks because an earlier call was not answered, and pays for the repeat that follows if the PSP never saw it.
 * - `repeat`: it follows a look that has paid for it.
 */
export type Occasion = 'first' | 'retry' | 'look' | 'repeat';

/** The part of the provider that pays sellers. */
export interface PayoutCalls {
  /** Gives the seller's account at the PSP this bank, opening the account first where there is none. */
  addBankAccount(request: BankAccountRequest): Promise<BankAccountOutcome>;
  /** Sends money to a seller's bank; sending the same payout again never sends it twice. */
  payOut(request: PayoutRequest, occasion?: Occasion): Promise<PayoutOutcome>;
  /** Asks what became of a payout. Safe at any time. */
  enquirePayout(ref: PayoutRef, occasion?: Occasion): Promise<PayoutEnquiry>;
  /** Brings back what a failed payout left in the seller's account at the PSP. Safe at any time. */
  recallPayout(ref: PayoutRef): Promise<RecallOutcome>;
}

/** The part of the provider that says what became of our balance there. */
export interface SettlementCalls {
  /** A page of the movements of our balance there, newest first, with what its clock shows. */
  listBalanceTransactions(query: BalanceTransactionQuery): Promise<BalanceTransactionPage | NotTold>;
  /** Asks how a payout to our bank stands. */
  enquireBankPayout(pspPayoutId: string): Promise<BankPayout | NotTold>;
}

/**
 * The payment provider as the rest of the system sees it. No method throws for what the provider or the network does:
 * everything ends in an {@link Outcome}. None may be called inside a database transaction (asserted).
 */
export interface Psp extends PayoutCalls, SettlementCalls {
  charge(request: ChargeRequest, occasion?: Occasion): Promise<Outcome>;
  openSession(request: SessionRequest, occasion?: Occasion): Promise<Outcome>;
  expireSession(ref: AttemptRef): Promise<Enquiry>;
  /** Asks what became of an attempt. Safe at any time. */
  enquire(ref: AttemptRef, occasion?: Occasion): Promise<Enquiry>;
  /** Gives money back; sending the same refund again never gives it back twice. */
  refund(request: RefundRequest, occasion?: Occasion): Promise<RefundOutcome>;
  /** Asks what became of a refund. Safe at any time. */
  enquireRefund(ref: RefundRef, occasion?: Occasion): Promise<RefundEnquiry>;
  /** Asks how a dispute stands. Safe at any time. */
  enquireDispute(pspDisputeId: string, occasion?: Occasion): Promise<DisputeOutcome>;
  /** Disputes opened since then, or all. Safe at any time. */
  listDisputes(openedFrom: Date | null): Promise<DisputeList>;
  /** Submits evidence, or accepts the dispute; sending the same again says nothing twice. */
  answerDispute(response: DisputeResponse, occasion?: Occasion): Promise<DisputeOutcome>;
  /** A page of the movements of our balance there, newest first, with what its clock shows. */
  listBalanceTransactions(query: BalanceTransactionQuery): Promise<BalanceTransactionPage | NotTold>;
  /** Asks how a payout to our bank stands. */
  enquireBankPayout(pspPayoutId: string): Promise<BankPayout | NotTold>;
  /** Asks for one movement of our balance there. */
  enquireBalanceTransaction(id: string): Promise<OneTransaction | Absent | NotTold>;
  /** A page of the payouts to our bank by their day of arrival, newest first. */
  listBankPayouts(query: BankPayoutQuery): Promise<BankPayoutPage | NotTold>;
  /** Opens the file of a day. Only the simulator makes files; of Stripe nothing is learned. */
  openReport(query: ReportQuery): Promise<Report | Absent | NotTold>;
  health(): PspHealth;
  room(): Room;
}

export interface PspHealth {
  readonly breaker: 'closed' | 'open' | 'half-open';
  /** Since when the breaker has been closed, or has not been: probes in between do not count. */
  readonly since: Date;
  readonly mode: string;
}

/** How much work can be sent to the PSP now: nothing while the breaker is open, one call as its probe. Who works off a list takes no more of it. */
export interface Room {
  readonly calls: number;
  /** Looks among them that the retry budget pays for, each with its repeat. */
  readonly looks: number;
}
