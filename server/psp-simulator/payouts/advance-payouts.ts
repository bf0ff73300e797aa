import { assert, newId } from '#kernel';
import { bankAccountUpdated } from '../accounts/bank-account.ts';
import { bookingWrites } from '../books/book.ts';
import { postPayoutBack, postPayoutPaid } from '../books/post-payout.ts';
import type { BankAccountRow, BankLineRow, PayoutRow } from '../database/money-rows.ts';
import type { Tx } from '../database/store.ts';
import { completeWrites } from '../requests/complete-writes.ts';
import { type Decision, nowSeconds } from '../requests/request.ts';
import type { Simulator } from '../simulator.ts';
import { failureCodeOf } from './failures.ts';
import { payoutEvent } from './render-payout.ts';

/** Payouts moved on by one pass. */
const ADVANCE_AT_ONCE = 100;
const DUE = 'select id from payouts where next_at <= $1 order by next_at, id limit $2';
const LOCK = 'select * from payouts where id = $1 and next_at <= $2 for update';
const DESTINATION = 'select * from bank_accounts where id = $1 for update';
const UNTOLD = { status: 200, body: '' };

/** Moves the payouts on whose time has come, each by one step in its own transaction. Answers how many. */
export async function advancePayouts(simulator: Simulator): Promise<number> {
  const { store, sender } = simulator;
  const due = await store.rows<{ id: string }>('due_payouts', DUE, [nowSeconds(), ADVANCE_AT_ONCE]);
  for (const { id } of due) {
    await store.transact(async (tx) => {
      const [payout] = await tx.rows<PayoutRow>('due_payout', LOCK, [id, nowSeconds()]);
      return { writes: payout ? completeWrites(simulator, await nextStep(tx, payout)) : {} };
    });
  }
  if (due.length > 0) sender.wake();
  return due.length;
}

async function nextStep(tx: Tx, payout: PayoutRow): Promise<Decision> {
  const [step, ...course] = payout.course;
  assert(step, 'a payout that is due has a step to take');
  const moved: PayoutRow = { ...payout, status: step.status, course, next_at: course[0]?.at ?? null };
  if (step.status === 'paid') return paid(moved);
  if (step.status === 'failed') return failed(tx, moved, payout.status === 'paid' ? 'paid' : 'in_transit');
  return { answer: UNTOLD, writes: { payouts: [moved] }, events: [payoutEvent('payout.updated', moved)] };
}

function paid(payout: PayoutRow): Decision {
  return {
    answer: UNTOLD,
    writes: {
      payouts: [payout],
      bank_lines: bankLine(payout, 'payout', payout.amount),
      ...bookingWrites([postPayoutPaid(payout, nowSeconds())]),
    },
    events: [payoutEvent('payout.paid', payout)],
  };
}

/** The money is back in the balance. A bank account to which nothing can be paid is not tried again. */
async function failed(tx: Tx, payout: PayoutRow, from: 'in_transit' | 'paid'): Promise<Decision> {
  const booking = postPayoutBack(payout, nowSeconds(), from);
  const [destination] = await tx.rows<BankAccountRow>('lock_destination', DESTINATION, [payout.destination]);
  const isToBlame = destination?.owner != null && destination.facts.fate === payout.fate;
  const over: PayoutRow = {
    ...payout,
    failure_balance_transaction: booking.transaction.id,
    failure_code: failureCodeOf(payout.fate),
  };
  const errored: BankAccountRow[] = isToBlame ? [{ ...destination, status: 'errored' }] : [];
  return {
    answer: UNTOLD,
    writes: {
      payouts: [over],
      bank_accounts: errored,
      bank_lines: from === 'paid' ? bankLine(over, 'payout_return', -over.amount) : [],
      ...bookingWrites([booking]),
    },
    events: [payoutEvent('payout.failed', over), ...errored.map(bankAccountUpdated)],
  };
}

/** The line of the platform's bank statement; other people's banks are not watched. */
function bankLine(payout: PayoutRow, kind: BankLineRow['kind'], amount: number): BankLineRow[] {
  if (payout.owner !== null) return [];
  const { id: reference, currency, statement_descriptor: details } = payout;
  return [{ id: newId('bl'), at: nowSeconds(), currency, amount, kind, reference, details }];
}
