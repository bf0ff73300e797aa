import type pg from 'pg';
import { databaseTime, run, type Statement } from '#db';
import { AppError, type CurrencyCode } from '#kernel';
import { type Book, runBatch, workInBook } from '#ledger';
import { inboxHandled, type OrderRefund, restoreOrderRefunds, restoreRefunded } from '#payments';
import type { RefundOutcome } from '#psp';
import { decideRefund, type RefundDecision } from './decide-refund.ts';
import { type LockedRefund, LockedRefunds } from './locked-refunds.ts';
import { accountsOfRefund, postAcceptance, postLateFailure, type RefundFacts } from './post-refund.ts';
import type { RefundState } from './refund-state.ts';

/** News about a refund, from wherever it came. */
export interface RefundReport {
  readonly refundId: string;
  readonly outcome: RefundOutcome;
  /** Who learned it: `worker` from the PSP's own answer, by asking or from settled money, `webhook`. */
  readonly actor: 'worker' | 'webhook';
  /** The inbox row that is done when this is. */
  readonly inboxId?: bigint;
}

/** Where a refund stands once the news is in the database. */
export interface AppliedRefund {
  readonly verdict: RefundDecision['verdict'];
  readonly state: RefundState;
  readonly attemptId: string;
}

/** States in which what was to go back is ours again. */
const HAS_FAILED: ReadonlySet<RefundState> = new Set(['FAILED', 'FAILED_LATE']);

/**
 * Applies a list of reports: state, history, ledger, what is counted at the attempt, outbox, dead letters and inbox, all in one
 * transaction. Any report may be applied again, in any order, from anywhere. One guilty report is refused alone (its place in the
 * answer holds the error; `not_found` for a refund that does not exist).
 */
export async function applyRefundOutcomes(
  on: pg.Pool,
  reports: readonly RefundReport[],
): Promise<readonly (AppliedRefund | Error)[]> {
  return runBatch(reports, (batch) => applyBatch(on, batch));
}

async function applyBatch(on: pg.Pool, reports: readonly RefundReport[]): Promise<AppliedRefund[]> {
  const ids = [...new Set(reports.map((report) => report.refundId))];
  const facts = await loadFacts(on, ids);
  let applied: AppliedRefund[] = [];
  await workInBook(on, {
    accounts: reports.flatMap((report) => accountsOf(report, facts.get(report.refundId) as RefundFacts)),
    reads: LockedRefunds.reads(
      ids,
      [...new Set([...facts.values()].map((fact) => fact.attemptId))],
      [...facts.values()].flatMap((fact) => fact.paymentOrderId ?? []),
    ),
    decide: ([, rows = [], accepted = [], funds = []], book) => {
      const refunds = new LockedRefunds(rows, accepted, funds);
      const failed: LockedRefund[] = [];
      const now = databaseTime();
      applied = reports.map((report) => {
        const before = refunds.refund(report.refundId).state;
        const decision = applyOne(report, facts.get(report.refundId) as RefundFacts, refunds, book, now);
        const refund = refunds.refund(report.refundId);
        if (refund.state !== before && HAS_FAILED.has(refund.state)) failed.push({ ...refund });
        return { verdict: decision.verdict, state: refund.state, attemptId: refund.attemptId };
      });
      const ofOrders = failed.filter((one): one is LockedRefund & OrderRefund => one.paymentOrderId !== null);
      const restored = [...restoreRefunded(failed), ...restoreOrderRefunds(ofOrders)];
      return [...refunds.writes(), ...restored, ...inboxWrites(reports, applied)];
    },
  });
  return applied;
}

async function loadFacts(on: pg.Pool, ids: readonly string[]): Promise<Map<string, RefundFacts>> {
  const rows = await run<{
    id: string;
    attempt_id: string;
    payment_order_id: string | null;
    currency: CurrencyCode;
    buyer: string;
    seller: string | null;
  }>(on, {
    name: 'refund-facts',
    text: `select r.id, r.attempt_id, r.payment_order_id, r.currency, e.buyer_user_id as buyer, o.seller_id as seller
           from refunds r join payment_attempts a on a.id = r.attempt_id
           join payment_events e on e.checkout_id = a.checkout_id left join payment_orders o on o.payment_order_id = r.payment_order_id
           where r.id = any($1::text[])`,
    values: [ids],
  });
  const facts = new Map(
    rows.map((row): [string, RefundFacts] => [
      row.id,
      {
        attemptId: row.attempt_id,
        paymentOrderId: row.payment_order_id,
        buyerId: row.buyer,
        sellerId: row.seller,
        currency: row.currency,
      },
    ]),
  );
  for (const id of ids) if (!facts.has(id)) throw new AppError('not_found', `There is no refund ${id}.`);
  return facts;
}

/** Only money that went back, or came back again, is posted. */
function accountsOf({ outcome }: RefundReport, facts: RefundFacts) {
  return outcome.kind === 'succeeded' || outcome.kind === 'failed' ? accountsOfRefund(facts) : [];
}

function applyOne(
  { refundId, outcome, actor }: RefundReport,
  facts: RefundFacts,
  refunds: LockedRefunds,
  book: Book,
  now: Date,
): RefundDecision {
  const refund = refunds.refund(refundId);
  const decision = decideRefund(refund, outcome, now, Math.random);
  if (decision.verdict === 'unchanged') return decision;
  refunds.change(refundId, decision.change);
  if (decision.to) refunds.move(refundId, decision.to, { actor, reason: decision.reason, now });
  if (decision.deadLetter || ANSWERED.has(decision.verdict)) refunds.setLetter(refundId, decision.deadLetter);
  if (decision.to === 'SUCCEEDED') postAcceptance(refundId, facts, refunds, book, now);
  if (decision.to === 'FAILED_LATE') postLateFailure(refundId, facts, refunds, book, now);
  return decision;
}

/** Verdicts that leave nothing to ask a person. */
const ANSWERED: ReadonlySet<RefundDecision['verdict']> = new Set(['applied', 'noted']);

function inboxWrites(reports: readonly RefundReport[], applied: readonly AppliedRefund[]): Statement[] {
  return inboxHandled(
    reports.flatMap(({ inboxId }, index) => {
      const { attemptId, verdict } = applied[index] as AppliedRefund;
      return inboxId === undefined ? [] : [{ inboxId, attemptId, verdict }];
    }),
  );
}
