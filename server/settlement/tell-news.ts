import { lanePool } from '#db';
import { isCurrencyCode } from '#kernel';
import { applyOutcomes, type OutcomeReport } from '#payments';
import { applyRefundOutcomes, type RefundReport } from '#refunds';
import { type ClaimedTransaction, loadSubjects } from './due-transactions.ts';

const CHARGES: ReadonlySet<string> = new Set(['charge', 'payment']);
const REFUND_FAILURES: ReadonlySet<string> = new Set(['refund_failure', 'payment_failure_refund']);

type Subjects = Awaited<ReturnType<typeof loadSubjects>>;

/** What a balance transaction tells. */
interface Told<Report> {
  readonly id: string;
  readonly report: Report;
}

/**
 * What is settled is news where every message about it was lost: a charge was made, a refund came back. It goes the way of any other
 * news about an attempt or a refund. Answers why what was told could not be applied, by the id of the balance transaction.
 */
export async function tellNews(claimed: readonly ClaimedTransaction[]): Promise<ReadonlyMap<string, Error>> {
  const subjects = await loadSubjects(claimed.map((one) => one.subject_id));
  const charges = claimed.flatMap((one) => tellCharge(one, subjects) ?? []);
  const refunds = claimed.flatMap((one) => tellReturn(one, subjects) ?? []);
  return new Map([
    ...(await apply(charges, (reports) => applyOutcomes(lanePool(), reports))),
    ...(await apply(refunds, (reports) => applyRefundOutcomes(lanePool(), reports))),
  ]);
}

async function apply<Report>(
  told: readonly Told<Report>[],
  work: (reports: readonly Report[]) => Promise<readonly unknown[]>,
): Promise<[id: string, error: Error][]> {
  if (told.length === 0) return [];
  const results = await work(told.map(({ report }) => report));
  return told.flatMap(({ id }, index) => {
    const result = results[index];
    return result instanceof Error ? [[id, result] as [string, Error]] : [];
  });
}

function tellCharge(one: ClaimedTransaction, subjects: Subjects): Told<OutcomeReport> | null {
  const { id, subject_id: attemptId, source_id: chargeId, psp_payment_id: pspPaymentId, currency } = one;
  const subject = subjects.get(attemptId ?? '');
  if (subject?.kind !== 'attempt' || subject.known || !CHARGES.has(one.type)) return null;
  if (attemptId === null || chargeId === null || pspPaymentId === null || !isCurrencyCode(currency)) return null;
  if ((subject.pspPaymentId ?? pspPaymentId) !== pspPaymentId) return null;
  const money = { amountMinor: one.amount_minor, currency };
  const outcome = { kind: 'succeeded' as const, pspPaymentId, chargeId, ...money, cardLast4: null };
  return { id, report: { attemptId, outcome, actor: 'settlement' } };
}

/** Of a refund that is still open nothing is told: it is asked about by itself. Another amount is no news of it, but for a person. */
function tellReturn(one: ClaimedTransaction, subjects: Subjects): Told<RefundReport> | null {
  const { id, subject_id: refundId, source_id: pspRefundId, amount_minor: amountMinor, currency } = one;
  const subject = subjects.get(refundId ?? '');
  if (subject?.kind !== 'refund' || !subject.known || subject.failed || !REFUND_FAILURES.has(one.type)) return null;
  if (refundId === null || pspRefundId === null || !isCurrencyCode(currency)) return null;
  if (subject.amountMinor !== amountMinor || subject.currency !== currency) return null;
  const outcome = { kind: 'failed' as const, reason: 'came_back', pspRefundId, amountMinor, currency };
  return { id, report: { refundId, outcome, actor: 'worker' } };
}
