import { newId } from '#kernel';
import { bookingWrites } from '../books/book.ts';
import { postPayout } from '../books/post-payout.ts';
import { renderTransaction } from '../books/render-transaction.ts';
import type { BankAccountRow, PayoutRow } from '../database/money-rows.ts';
import type { Writes } from '../database/writes.ts';
import type { EventDraft } from '../events/event-draft.ts';
import { nowSeconds } from '../requests/request.ts';
import type { Simulator } from '../simulator.ts';
import { courseOf } from './payout-course.ts';
import { payoutEvent } from './render-payout.ts';

interface Wanted extends Pick<PayoutRow, 'owner' | 'amount' | 'currency' | 'automatic'> {
  readonly destination: BankAccountRow;
  readonly id?: string;
  readonly description?: string;
  readonly statement_descriptor?: string;
  readonly metadata?: PayoutRow['metadata'];
}

interface NewPayout {
  readonly payout: PayoutRow;
  readonly transaction: ReturnType<typeof renderTransaction>;
  readonly writes: Writes;
  readonly events: readonly EventDraft[];
}

/**
 * A payout with its booking and its event. The bank account decides what becomes of it, unless a fault does. The caller has made
 * sure that the balance covers it.
 */
export function newPayout({ config, faults }: Simulator, wanted: Wanted): NewPayout {
  const { destination, owner, amount, currency } = wanted;
  const created = nowSeconds();
  const id = wanted.id ?? newId('po');
  const { struck, journal } = faults.strikeThing('payout', `${owner ?? 'platform'} ${currency} ${id}`);
  const fate = struck.some(({ kind }) => kind === 'payout_returned')
    ? 'returned'
    : struck.length > 0
      ? 'could_not_process'
      : destination.facts.fate;
  const { arrival, steps } = courseOf(created, fate, config.PSP_PAYOUT_DELAY_MS);
  const booking = postPayout({ id, owner, amount, currency }, created);
  const payout: PayoutRow = {
    id,
    created,
    owner,
    amount,
    currency,
    status: 'pending',
    automatic: wanted.automatic,
    arrival_date: arrival,
    destination: destination.id,
    balance_transaction: booking.transaction.id,
    failure_balance_transaction: null,
    failure_code: null,
    description: wanted.description ?? null,
    statement_descriptor: wanted.statement_descriptor ?? null,
    course: steps,
    next_at: steps[0]?.at ?? null,
    fate,
    metadata: wanted.metadata ?? {},
  };
  return {
    payout,
    transaction: renderTransaction(booking.transaction),
    writes: { payouts: [payout], fault_journal: journal, ...bookingWrites([booking]) },
    events: [payoutEvent('payout.created', payout)],
  };
}
