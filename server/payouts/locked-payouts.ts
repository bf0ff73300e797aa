import type pg from 'pg';
import type { Statement } from '#db';
import { type Letter, replaceLetters } from '#dead-letters';
import { assert, type CurrencyCode } from '#kernel';
import { type PayoutStep, payoutStepKind } from '#ledger';
import { insertOutbox } from '#payments';
import type { PayoutChange, PayoutNow } from './decide-payout.ts';
import { judgeBankAccounts, movePayouts, type PayoutRow, type PayoutTransition } from './payout-rows.ts';
import {
  ANSWERED_BY_NEWS,
  BANK_AT_FAULT,
  OPEN_PAYOUT_STATES,
  PAYOUT_TRANSITIONS,
  type PayoutState,
} from './payout-state.ts';

/** What is known of a locked payout, beside what decisions need. */
export interface LockedPayout extends PayoutNow {
  readonly sellerId: string;
  readonly bankAccountId: string;
}

type Held = { -readonly [Key in keyof (PayoutRow & LockedPayout)]: (PayoutRow & LockedPayout)[Key] } & {
  /** Ledger transactions by what they booked. */
  readonly booked: Map<string, string>;
};

/** Payouts under lock, in memory: decisions change the copies, {@link LockedPayouts.writes} sends what changed. */
export class LockedPayouts {
  readonly #payouts = new Map<string, Held>();
  readonly #changed = new Set<string>();
  readonly #transitions: PayoutTransition[] = [];
  readonly #letters: Letter[] = [];
  readonly #banks = new Map<string, string | null>();

  /** Locks payouts in id order, as every writer does once it holds the accounts. */
  static reads(payoutIds: readonly string[]): Statement[] {
    return [
      {
        name: 'lock-payouts',
        text: `select id, seller_id, bank_account_id, state, state_seq, amount_minor, currency, requested_by, approved_by, psp_payout_id,
                      tries, error, resolve_at, recall_at, finished_at
               from payouts where id = any($1::text[]) order by id for no key update`,
        values: [payoutIds],
      },
      {
        name: 'payout-postings',
        text: `select source_id, kind, id from ledger_transactions where source_id = any($1::text[])`,
        values: [payoutIds],
      },
    ];
  }

  constructor(rows: readonly pg.QueryResultRow[], postings: readonly pg.QueryResultRow[]) {
    const booked = Map.groupBy(postings, (row) => row.source_id as string);
    for (const row of rows) {
      this.#payouts.set(row.id, {
        id: row.id,
        sellerId: row.seller_id,
        bankAccountId: row.bank_account_id,
        state: row.state,
        seq: row.state_seq,
        seqRead: row.state_seq,
        amountMinor: row.amount_minor,
        currency: row.currency as CurrencyCode,
        requestedBy: row.requested_by,
        approvedBy: row.approved_by,
        pspPayoutId: row.psp_payout_id,
        tries: row.tries,
        error: row.error,
        resolveAt: row.resolve_at,
        recallAt: row.recall_at,
        finishedAt: row.finished_at,
        booked: new Map((booked.get(row.id) ?? []).map(({ kind, id }) => [kind, id])),
      });
    }
  }

  payout(id: string): LockedPayout {
    return this.#payout(id);
  }

  change(id: string, change: PayoutChange): void {
    Object.assign(this.#payout(id), change);
    this.#changed.add(id);
  }

  move(id: string, to: PayoutState, by: { actor: string; reason: string; now: Date }): void {
    const payout = this.#payout(id);
    assert(PAYOUT_TRANSITIONS[payout.state].includes(to), `${id} may go from ${payout.state} to ${to}`);
    payout.seq += 1;
    this.#transitions.push({
      payoutId: id,
      seq: payout.seq,
      from: payout.state,
      to,
      reason: by.reason,
      actor: by.actor,
    });
    payout.state = to;
    this.#changed.add(id);
    if (!OPEN_PAYOUT_STATES.has(to)) payout.finishedAt ??= by.now;
  }

  /** Remembers how a step was booked, so that a later report of the same batch can take it back. */
  book(id: string, step: PayoutStep, transactionId: string): void {
    this.#payout(id).booked.set(payoutStepKind(step), transactionId);
  }

  /** The ledger transaction that booked a step. */
  bookedAs(id: string, step: PayoutStep): string {
    const transactionId = this.#payout(id).booked.get(payoutStepKind(step));
    assert(transactionId, `${id} was booked as ${step}`);
    return transactionId;
  }

  /** The question a person is asked about the payout from now on; null closes the one that was open. */
  setLetter(id: string, cause: string | null): void {
    this.#letters.push({ subjectId: id, cause, tries: this.#payout(id).tries });
  }

  /** Money reached the bank, or the bank or the provider told why none ever will. */
  judgeBank(id: string, failureCode: string | null): void {
    if (failureCode === null || BANK_AT_FAULT.has(failureCode))
      this.#banks.set(this.#payout(id).bankAccountId, failureCode);
  }

  /** Everything that changed, for the transaction that holds the locks. */
  writes(): Statement[] {
    const changed = [...this.#changed].map((id) => this.#payout(id));
    const told = this.#transitions.map(({ payoutId, to }) => payoutTold(payoutId, this.#payout(payoutId).sellerId, to));
    const banks = [...this.#banks].map(([bankAccountId, failureCode]) => ({ bankAccountId, failureCode }));
    return [
      ...movePayouts(changed, this.#transitions),
      ...judgeBankAccounts(banks),
      ...replaceLetters('payout', this.#letters, ANSWERED_BY_NEWS),
      ...insertOutbox(told),
    ];
  }

  #payout(id: string): Held {
    const payout = this.#payouts.get(id);
    assert(payout, `payout ${id} was locked`);
    return payout;
  }
}

/** What others are told when a payout has reached a state. */
export function payoutTold(payoutId: string, sellerId: string, state: PayoutState) {
  return { topic: 'payout.updated', key: payoutId, payload: { payout_id: payoutId, seller_id: sellerId, state } };
}
