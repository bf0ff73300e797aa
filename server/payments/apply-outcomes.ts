import type pg from 'pg';
import { databaseTime, lanePool, type Statement } from '#db';
import { AppError, assert, createLane, newId, singleton } from '#kernel';
import { type AccountRef, type Book, lateCaptureHeld, orderCaptured, PLATFORM, runBatch, workInBook } from '#ledger';
import type { Enquiry } from '#psp';
import type { AttemptState } from './attempt-state.ts';
import { decideOutcome } from './decide-outcome.ts';
import type { Circumstances, Decision } from './decision.ts';
import { type AttemptFacts, loadAttemptFacts } from './facts.ts';
import { inboxHandled } from './inbox-handled.ts';
import { LockedPayments } from './locked-payments.ts';
import { mayBePaid, type OrderState } from './order-state.ts';

/** News about an attempt, from wherever it came. */
export interface OutcomeReport extends Circumstances {
  readonly attemptId: string;
  readonly outcome: Enquiry;
  /**
   * Who learned it: `api` from the PSP's own answer, `webhook`, `resolver` by asking, `shopper` by cancelling, `settlement` by reading
   * that it was settled.
   */
  readonly actor: 'api' | 'webhook' | 'resolver' | 'shopper' | 'settlement';
  /** The inbox row that is done when this is. */
  readonly inboxId?: bigint;
  /** Milliseconds the call to the PSP took. */
  readonly latencyMs?: number;
  /** Spares the read when the caller already holds them. */
  readonly facts?: AttemptFacts;
}

/** Where an attempt and its orders stand once the news is in the database. */
export interface AppliedOutcome {
  readonly verdict: Decision['verdict'];
  readonly attemptState: AttemptState;
  readonly pageUrl: string | null;
  readonly declineCode: string | null;
  readonly orders: readonly { readonly paymentOrderId: string; readonly state: OrderState }[];
}

/** Most reports in one transaction, and most waiting for one. */
const MAX_BATCH_REPORTS = 500;
const MAX_WAITING_REPORTS = 5_000;

/** Hands one report to the process's settle lane; reports of concurrent payments share one transaction. */
export async function applyOutcome(report: OutcomeReport): Promise<AppliedOutcome> {
  const applied = await settleLane().submit(report);
  if (applied instanceof Error) throw applied;
  return applied;
}

function settleLane() {
  return singleton('payments.settle-lane', () =>
    createLane<OutcomeReport, AppliedOutcome | Error>({
      name: 'settle',
      run: (reports) => applyOutcomes(lanePool(), reports),
      maxBatch: MAX_BATCH_REPORTS,
      maxQueue: MAX_WAITING_REPORTS,
    }),
  );
}

/**
 * Applies a list of reports: transitions, history, captures, ledger postings, balances, follow-up attempts, outbox and inbox,
 * all in one transaction. Late, doubled or out-of-order news meets the state tables and changes nothing, so any report may be
 * applied again. One guilty report is refused alone (its place in the answer holds the error).
 */
export async function applyOutcomes(
  on: pg.Pool,
  reports: readonly OutcomeReport[],
): Promise<readonly (AppliedOutcome | Error)[]> {
  return runBatch(reports, (batch) => applyBatch(on, batch));
}

async function applyBatch(on: pg.Pool, reports: readonly OutcomeReport[]): Promise<AppliedOutcome[]> {
  const facts = await factsOf(on, reports);
  let applied: AppliedOutcome[] = [];
  await workInBook(on, {
    accounts: reports.flatMap((report) => accountsOf(report, facts.get(report.attemptId) as AttemptFacts)),
    reads: [LockedPayments.read(reports.map((report) => report.attemptId))],
    decide: ([rows = []], book) => {
      const payments = new LockedPayments(rows);
      applied = applyReports(reports, facts, payments, book, databaseTime());
      return [...payments.writes(), ...inboxWrites(reports, applied)];
    },
  });
  return applied;
}

/** Decides a batch in arrival order: changes the payments and posts into the book, both in memory. No input or output. */
export function applyReports(
  reports: readonly OutcomeReport[],
  facts: ReadonlyMap<string, AttemptFacts>,
  payments: LockedPayments,
  book: Book,
  now: Date,
): AppliedOutcome[] {
  return reports.map((report) => applyOne(report, facts.get(report.attemptId) as AttemptFacts, payments, book, now));
}

async function factsOf(on: pg.Pool, reports: readonly OutcomeReport[]): Promise<Map<string, AttemptFacts>> {
  const known = new Map<string, AttemptFacts>();
  for (const { attemptId, facts } of reports) if (facts) known.set(attemptId, facts);
  const missing = [...new Set(reports.map((report) => report.attemptId))].filter((id) => !known.has(id));
  if (missing.length > 0) for (const [id, facts] of await loadAttemptFacts(on, missing)) known.set(id, facts);
  for (const { attemptId } of reports)
    if (!known.has(attemptId)) throw new AppError('not_found', `There is no attempt ${attemptId}.`);
  return known;
}

/** The accounts a report may post to. Only captured money is posted; everything else moves states alone. */
export function accountsOf(report: OutcomeReport, facts: AttemptFacts): AccountRef[] {
  if (report.outcome.kind !== 'succeeded') return [];
  const { currency } = facts;
  return [
    { kind: 'buyer', ownerId: facts.buyer.userId, currency },
    { kind: 'platform_fees', ownerId: PLATFORM, currency },
    { kind: 'suspense', ownerId: PLATFORM, currency },
    ...facts.orders.map((order): AccountRef => ({ kind: 'seller_pending', ownerId: order.sellerId, currency })),
  ];
}

function applyOne(
  report: OutcomeReport,
  facts: AttemptFacts,
  payments: LockedPayments,
  book: Book,
  now: Date,
): AppliedOutcome {
  const { attemptId, outcome, actor } = report;
  const attempt = payments.attempt(attemptId);
  // An order whose money came by another attempt meanwhile wants no more of them.
  const isWanted = facts.orders.some((order) => mayBePaid(payments.orderState(order.paymentOrderId)));
  const decision = decideOutcome(
    {
      ...attempt,
      isWanted,
      kind: facts.kind,
      amountMinor: facts.amountMinor,
      currency: facts.currency,
      attemptNo: facts.attemptNo,
    },
    outcome,
    now,
    Math.random,
    report,
  );
  payments.changeAttempt(attemptId, decision.attempt, { now, latencyMs: report.latencyMs });
  if (decision.orderEvent === 'captured') {
    assert(outcome.kind === 'succeeded', 'only a success captures');
    capture(facts, outcome.chargeId, payments, book, { actor, reason: decision.reason, now });
  } else if (decision.orderEvent) {
    for (const order of facts.orders)
      payments.moveOrder(order.paymentOrderId, decision.orderEvent, { attemptId, actor, reason: decision.reason });
  }
  if (decision.tryAgainAt && isWanted)
    payments.addAttempt({ ...facts, attemptId: newId('att'), attemptNo: facts.attemptNo + 1 }, decision.tryAgainAt);
  if (decision.answers.length > 0)
    payments.answerDeadLetters(attemptId, decision.answers, `${actor}: ${decision.reason}`);
  if (decision.deadLetter) payments.addDeadLetter(attemptId, decision.deadLetter);
  return {
    verdict: decision.verdict,
    attemptState: payments.attempt(attemptId).state,
    pageUrl: payments.attempt(attemptId).pageUrl,
    declineCode: payments.attempt(attemptId).declineCode,
    orders: facts.orders.map(({ paymentOrderId }) => ({ paymentOrderId, state: payments.orderState(paymentOrderId) })),
  };
}

/** Credits every order that waited for this money; what came too late is held in suspense for the buyer, and its refund is due. */
function capture(
  facts: AttemptFacts,
  chargeId: string,
  payments: LockedPayments,
  book: Book,
  by: { actor: string; reason: string; now: Date },
): void {
  const { attemptId, currency, buyer } = facts;
  let heldMinor = 0n;
  for (const order of facts.orders) {
    const { paymentOrderId, amountMinor } = order;
    const moved = payments.moveOrder(paymentOrderId, 'captured', { attemptId, actor: by.actor, reason: by.reason });
    if (moved) payments.addCapture({ paymentOrderId, attemptId, chargeId, amountMinor, currency });
    if (moved && payments.orderState(paymentOrderId) === 'SUCCESS') {
      const posting = orderCaptured({
        paymentOrderId,
        buyerId: buyer.userId,
        sellerId: order.sellerId,
        gross: { amountMinor, currency },
        commissionMinor: order.commissionMinor,
        capturedAt: by.now,
      });
      assert(book.post(posting).kind === 'posted', 'a capture can always be posted');
      const earnedMinor = amountMinor - order.commissionMinor;
      payments.addFunds({ paymentOrderId, sellerId: order.sellerId, currency, earnedMinor });
    } else {
      heldMinor += amountMinor;
    }
  }
  if (heldMinor > 0n) {
    const held = lateCaptureHeld({
      attemptId,
      buyerId: buyer.userId,
      amount: { amountMinor: heldMinor, currency },
      capturedAt: by.now,
    });
    assert(book.post(held).kind === 'posted', 'a late capture can always be held');
    payments.hold({ attemptId, amountMinor: heldMinor });
  }
}

/** The inbox rows that are done with their reports. */
export function inboxWrites(reports: readonly OutcomeReport[], applied: readonly AppliedOutcome[]): Statement[] {
  return inboxHandled(
    reports.flatMap(({ inboxId, attemptId }, index) =>
      inboxId === undefined ? [] : [{ inboxId, attemptId, verdict: (applied[index] as AppliedOutcome).verdict }],
    ),
  );
}
