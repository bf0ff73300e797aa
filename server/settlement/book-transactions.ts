import type pg from 'pg';
import { lanePool } from '#db';
import { assert, type CurrencyCode, isCurrencyCode } from '#kernel';
import { type AccountRef, type Book, PLATFORM, pspSettled, runBatch, workInBook } from '#ledger';
import { applyOutcomes } from '#payments';
import { psp } from '#psp';
import { applyRefundOutcomes, type RefundReport } from '#refunds';
import { ASKED_TYPES, type BookingDecision, decideBooking, type WaitingTransaction } from './decide-booking.ts';
import { type ClaimedTransaction, claimDue, loadDisputes, loadSubjects, putBack } from './due-transactions.ts';
import { lockTransactions, SettledTransactions } from './settled-transactions.ts';
import { type Booking, dateFunds, finishTransactions } from './transaction-rows.ts';

/**
 * Books up to `limit` balance transactions whose money is available, and answers how many were taken. Each is booked once, whoever
 * tries; one that cannot be booked is put back alone. What the PSP has to be asked is asked before the transaction is opened.
 */
export async function bookTransactions(limit: number): Promise<number> {
  const claimed = await claimDue(limit);
  if (claimed.length === 0) return 0;
  await tellPayments(claimed);
  await tellRefunds(claimed);
  const waiting = await withFacts(claimed);
  const results = await runBatch(waiting, (batch) => bookBatch(lanePool(), batch));
  for (const [index, result] of results.entries()) {
    const one = claimed[index] as ClaimedTransaction;
    if (result instanceof Error) await putBack(one, 'fails', result.message);
    else if (result.kind === 'wait') await putBack(one, 'waits', result.reason);
  }
  return claimed.length;
}

/**
 * A charge that is settled was made: when our side has not heard of it, because every message was lost, this is the message. It goes
 * the way of any other news about an attempt.
 */
async function tellPayments(claimed: readonly ClaimedTransaction[]): Promise<void> {
  const subjects = await loadSubjects(claimed.map((one) => one.subject_id));
  const reports = claimed.flatMap((one) => {
    const subject = one.subject_id === null ? undefined : subjects.get(one.subject_id);
    const { source_id: chargeId, psp_payment_id: pspPaymentId, amount_minor: amountMinor, currency } = one;
    if (subject?.kind !== 'attempt' || subject.known || chargeId === null || pspPaymentId === null) return [];
    if ((subject.pspPaymentId ?? pspPaymentId) !== pspPaymentId) return [];
    if (!isCurrencyCode(currency) || !['charge', 'payment'].includes(one.type)) return [];
    const taken = { kind: 'succeeded' as const, pspPaymentId, chargeId, amountMinor, currency, cardLast4: null };
    return [{ attemptId: one.subject_id as string, outcome: taken, actor: 'settlement' as const }];
  });
  if (reports.length > 0) await applyOutcomes(lanePool(), reports);
}

/** The same of a refund that came back: it failed in the end, whatever became of the messages that told so. */
async function tellRefunds(claimed: readonly ClaimedTransaction[]): Promise<void> {
  const failures = claimed.filter((one) => REFUND_FAILURES.has(one.type));
  const subjects = await loadSubjects(failures.map((one) => one.subject_id));
  const reports = failures.flatMap(
    ({ subject_id: refundId, source_id: pspRefundId, amount_minor: amountMinor, currency }): RefundReport[] => {
      const subject = refundId === null ? undefined : subjects.get(refundId);
      // One that is still open is asked about by itself.
      if (subject?.kind !== 'refund' || !subject.known || subject.failed) return [];
      if (refundId === null || pspRefundId === null || !isCurrencyCode(currency)) return [];
      const outcome = { kind: 'failed' as const, reason: 'came_back', pspRefundId, amountMinor, currency };
      return [{ refundId, outcome, actor: 'worker' }];
    },
  );
  if (reports.length > 0) await applyRefundOutcomes(lanePool(), reports);
}

const REFUND_FAILURES: ReadonlySet<string> = new Set(['refund_failure', 'payment_failure_refund']);

async function withFacts(claimed: readonly ClaimedTransaction[]): Promise<WaitingTransaction[]> {
  const subjects = await loadSubjects(claimed.map((one) => one.subject_id));
  const disputes = await loadDisputes(claimed.map((one) => one.source_id));
  return Promise.all(
    claimed.map(async (row) => ({
      id: row.id,
      type: row.type,
      amountMinor: row.amount_minor,
      feeMinor: row.fee_minor,
      netMinor: row.net_minor,
      currency: isCurrencyCode(row.currency) ? row.currency : null,
      sourceId: row.source_id,
      subjectId: row.subject_id,
      pspPaymentId: row.psp_payment_id,
      availableOn: row.available_on,
      tries: row.tries,
      subject: subjects.get(row.subject_id ?? '') ?? null,
      dispute: disputes.get(row.source_id ?? '') ?? null,
      payoutEnded: await askAboutPayout(row),
    })),
  );
}

async function askAboutPayout({ type, source_id: sourceId }: ClaimedTransaction): Promise<boolean | null> {
  if (!ASKED_TYPES.includes(type) || sourceId === null) return null;
  const answer = await psp().enquireBankPayout(sourceId);
  return answer.kind === 'bank_payout' ? answer.ended : null;
}

async function bookBatch(on: pg.Pool, batch: readonly WaitingTransaction[]): Promise<BookingDecision[]> {
  let decisions: BookingDecision[] = [];
  await workInBook(on, {
    accounts: batch.flatMap(accountsOf),
    reads: lockTransactions(batch),
    decide: ([locked = [], settled = []], book) => {
      const isWaiting = new Set(locked.map((row) => row.id));
      const before = new SettledTransactions(settled);
      const bookings: Booking[] = [];
      decisions = batch.map((one) => {
        // Another worker was here, with a claim of its own.
        if (!isWaiting.has(one.id)) return { kind: 'wait', reason: 'it is booked' };
        const decision = decideBooking(one, before);
        if (decision.kind === 'wait') return decision;
        const booking = bookOne(one, decision, book);
        bookings.push(booking);
        if (booking.state === 'booked') before.add(one, booking.ledgerTransactionId as string);
        return decision;
      });
      return [...finishTransactions(bookings), ...dateFunds(bookings.map((one) => one.id))];
    },
  });
  return decisions;
}

/** Posts what is decided, and answers what is to be written down about it. */
function bookOne(
  one: WaitingTransaction,
  decision: Exclude<BookingDecision, { kind: 'wait' }>,
  book: Pick<Book, 'post'>,
): Booking {
  const { id, amountMinor, feeMinor, currency } = one;
  if (decision.kind === 'refuse' || currency === null)
    return {
      id,
      state: 'refused',
      cause: 'cause' in decision ? decision.cause : 'currency_unknown',
      ledgerTransactionId: null,
    };
  if (decision.kind === 'match')
    return { id, state: 'booked', cause: null, ledgerTransactionId: decision.ledgerTransactionId };
  const posting = pspSettled({
    balanceTransactionId: id,
    other: decision.kind === 'book' ? decision.other : suspenseIn(currency),
    gross: { amountMinor, currency },
    feeMinor,
    at: one.availableOn,
    reversalOf: decision.kind === 'book' ? decision.reversalOf : undefined,
  });
  const verdict = book.post(posting);
  assert(verdict.kind === 'posted', `the books take ${id}, whose accounts may stand on either side`);
  const known = decision.kind === 'book';
  return {
    id,
    state: known ? 'booked' : 'suspense',
    cause: known ? null : decision.cause,
    ledgerTransactionId: posting.id,
  };
}

/** Every account that the transaction may be posted to. */
function accountsOf({ currency, subject }: WaitingTransaction): AccountRef[] {
  if (currency === null) return [];
  const platform = (['psp_clearing', 'psp_fees', 'bank_cash', 'suspense'] as const).map(
    (kind): AccountRef => ({ kind, ownerId: PLATFORM, currency }),
  );
  return subject ? [...platform, { kind: 'buyer', ownerId: subject.buyerId, currency }] : platform;
}

function suspenseIn(currency: CurrencyCode): AccountRef {
  return { kind: 'suspense', ownerId: PLATFORM, currency };
}
