import type pg from 'pg';
import { lanePool } from '#db';
import { assert, type CurrencyCode, isCurrencyCode } from '#kernel';
import { type AccountRef, type Book, PLATFORM, pspSettled, runBatch, workInBook } from '#ledger';
import { psp } from '#psp';
import {
  ASKED_TYPES,
  type BookingDecision,
  decideBooking,
  UNREADABLE,
  type WaitingTransaction,
} from './decide-booking.ts';
import { type ClaimedTransaction, claimDue, loadDisputes, loadSubjects, putBack } from './due-transactions.ts';
import { pullTransaction } from './pull-transaction.ts';
import { lockTransactions, SettledTransactions } from './settled-transactions.ts';
import { tellNews } from './tell-news.ts';
import { type Booking, dateFunds, finishTransactions } from './transaction-rows.ts';

/**
 * Books up to `limit` balance transactions whose money is available, and answers how many were taken. Each is booked once, whoever
 * tries; one that cannot be booked is put back alone. What the PSP has to be asked is asked before the transaction is opened.
 */
export async function bookTransactions(limit: number): Promise<number> {
  const claimed = await claimDue(limit);
  if (claimed.length === 0) return 0;
  const untold = new Map([...(await tellNews(claimed)), ...(await readAgain(claimed))]);
  const waiting = await withFacts(claimed, untold);
  const results = await runBatch(waiting, (batch) => bookBatch(lanePool(), batch));
  for (const [index, result] of results.entries()) {
    const one = claimed[index] as ClaimedTransaction;
    if (result instanceof Error) await putBack(one, 'fails', result.message);
    else if (result.kind === 'wait') {
      const error = untold.get(one.id);
      await putBack(one, error ? 'fails' : 'waits', error?.message ?? result.reason);
    }
  }
  return claimed.length;
}

/**
 * Asks for those that could not be read by their ids: what can be read now has taken its place, and is due at once. Answers why the
 * others were not told, by their ids.
 */
async function readAgain(claimed: readonly ClaimedTransaction[]): Promise<[id: string, error: Error][]> {
  const unread = claimed.filter((one) => one.type === UNREADABLE).map((one) => one.id);
  const answers = await Promise.allSettled(unread.map(pullTransaction));
  return answers.flatMap((answer, index): [string, Error][] => {
    if (answer.status === 'fulfilled' && answer.value !== 'not_told') return [];
    const error =
      answer.status === 'rejected' ? (answer.reason as Error) : new Error('the provider does not say what it is');
    return [[unread[index] as string, error]];
  });
}

async function withFacts(
  claimed: readonly ClaimedTransaction[],
  untold: ReadonlyMap<string, Error>,
): Promise<WaitingTransaction[]> {
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
      told: !untold.has(row.id),
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
      const typeOf = new Map(locked.map((row) => [row.id, row.type]));
      const before = new SettledTransactions(settled);
      const bookings: Booking[] = [];
      decisions = batch.map((one) => {
        // Another worker was here, with a claim of its own; or it could not be read, and can be now.
        if (typeOf.get(one.id) !== one.type) return { kind: 'wait', reason: 'it is booked, or was read afresh' };
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
