import type pg from 'pg';
import type { Statement } from '#db';
import { type Letter, replaceLetters } from '#dead-letters';
import { assert, type CurrencyCode } from '#kernel';
import { insertOutbox, lockAttempts, lockOrderFunds, moveOrderFunds, type OrderFunds, toOrderFunds } from '#payments';
import type { RefundChange, RefundNow } from './decide-refund.ts';
import {
  lookAtDisputesOf,
  lookAtMovementsOf,
  moveRefunds,
  type RefundRow,
  type RefundTransition,
} from './refund-rows.ts';
import { ANSWERED_BY_NEWS, OPEN_REFUND_STATES, REFUND_TRANSITIONS, type RefundState } from './refund-state.ts';

/** What is known of a locked refund, beside what decisions need. */
export interface LockedRefund extends RefundNow {
  readonly attemptId: string;
  /** Null for money that came too late. */
  readonly paymentOrderId: string | null;
  /** The platform's part of the amount. */
  readonly commissionMinor: bigint;
  /** What was taken of the seller's pending funds when it was accepted. */
  readonly pendingMinor: bigint | null;
  /** Ledger transaction that booked it as accepted, if one did. */
  readonly acceptedAs: string | null;
}

type Held = { -readonly [Key in keyof (RefundRow & LockedRefund)]: (RefundRow & LockedRefund)[Key] };

/** Refunds under lock, in memory: decisions change the copies, {@link LockedRefunds.writes} sends what changed. */
export class LockedRefunds {
  readonly #refunds = new Map<string, Held>();
  readonly #changed = new Set<string>();
  readonly #transitions: RefundTransition[] = [];
  readonly #funds: ReadonlyMap<string, OrderFunds>;
  readonly #movedFunds = new Map<string, bigint>();
  readonly #letters: Letter[] = [];

  /** Locks attempts and orders before refunds, as every writer does, so that two batches never wait in a circle. */
  static reads(
    refundIds: readonly string[],
    attemptIds: readonly string[],
    paymentOrderIds: readonly string[],
  ): Statement[] {
    return [
      lockAttempts(attemptIds),
      {
        name: 'lock-refunds',
        text: `select r.id, r.attempt_id, r.state, r.state_seq, r.amount_minor, r.currency, r.psp_refund_id, r.tries, r.error, r.resolve_at, r.finished_at,
                      r.payment_order_id, r.commission_minor, r.pending_minor
               from refunds r where r.id = any($1::text[]) order by r.id for no key update`,
        values: [refundIds],
      },
      {
        name: 'accepted-refunds',
        text: `select source_id, id from ledger_transactions where kind = 'refund_accepted' and source_id = any($1::text[])`,
        values: [refundIds],
      },
      lockOrderFunds(paymentOrderIds),
    ];
  }

  constructor(
    rows: readonly pg.QueryResultRow[],
    accepted: readonly pg.QueryResultRow[],
    funds: readonly pg.QueryResultRow[],
  ) {
    this.#funds = toOrderFunds(funds);
    const postings = new Map<string, string>(accepted.map((row) => [row.source_id, row.id]));
    for (const row of rows) {
      this.#refunds.set(row.id, {
        id: row.id,
        attemptId: row.attempt_id,
        state: row.state,
        seq: row.state_seq,
        seqRead: row.state_seq,
        amountMinor: row.amount_minor,
        currency: row.currency as CurrencyCode,
        pspRefundId: row.psp_refund_id,
        tries: row.tries,
        error: row.error,
        resolveAt: row.resolve_at,
        finishedAt: row.finished_at,
        paymentOrderId: row.payment_order_id,
        commissionMinor: row.commission_minor,
        pendingMinor: row.pending_minor,
        acceptedAs: postings.get(row.id) ?? null,
      });
    }
  }

  refund(id: string): LockedRefund {
    return this.#refund(id);
  }

  change(id: string, change: RefundChange): void {
    Object.assign(this.#refund(id), change);
    this.#changed.add(id);
  }

  move(id: string, to: RefundState, by: { actor: string; reason: string; now: Date }): void {
    const refund = this.#refund(id);
    assert(REFUND_TRANSITIONS[refund.state].includes(to), `${id} may go from ${refund.state} to ${to}`);
    refund.seq += 1;
    this.#transitions.push({
      refundId: id,
      seq: refund.seq,
      from: refund.state,
      to,
      reason: by.reason,
      actor: by.actor,
    });
    refund.state = to;
    this.#changed.add(id);
    if (!OPEN_REFUND_STATES.has(to)) refund.finishedAt ??= by.now;
  }

  /** Takes the seller's part of what is pending of the refund's order, as far as it goes; answers how much that was. */
  takePending(id: string): bigint {
    const { amountMinor, commissionMinor } = this.#refund(id);
    const { paymentOrderId, pendingMinor } = this.#fundsOf(id);
    const share = amountMinor - commissionMinor;
    const left = pendingMinor > share ? pendingMinor - share : 0n;
    if (left < pendingMinor) this.#movedFunds.set(paymentOrderId, left);
    return pendingMinor - left;
  }

  /** Gives back to the order what was taken of its pending funds; they have become `available` when the order was released meanwhile. */
  restorePending(id: string): 'pending' | 'available' {
    const { paymentOrderId, pendingMinor, released } = this.#fundsOf(id);
    if (released) return 'available';
    const back = this.#refund(id).pendingMinor ?? 0n;
    if (back > 0n) this.#movedFunds.set(paymentOrderId, pendingMinor + back);
    return 'pending';
  }

  /** Remembers what the refund was booked as, so that a failure in the same batch can take it back. */
  accept(id: string, transactionId: string, pendingMinor: bigint | null): void {
    Object.assign(this.#refund(id), { acceptedAs: transactionId, pendingMinor });
  }

  /** The question a person is asked about the refund from now on; null closes the one that was open. */
  setLetter(id: string, cause: string | null): void {
    this.#letters.push({ subjectId: id, cause, tries: this.#refund(id).tries });
  }

  /** Everything that changed, for the transaction that holds the locks. */
  writes(): Statement[] {
    const changed = [...this.#changed].map((id) => this.#refund(id));
    const told = this.#transitions.map(({ refundId, to }) => {
      const { attemptId, paymentOrderId } = this.#refund(refundId);
      const payload = { refund_id: refundId, attempt_id: attemptId, payment_order_id: paymentOrderId, state: to };
      return { topic: 'refund.updated', key: refundId, payload };
    });
    const decided = changed.filter((one) => one.paymentOrderId !== null && (one.finishedAt || one.pspRefundId));
    return [
      ...moveRefunds(changed, this.#transitions),
      ...lookAtDisputesOf(decided.map((one) => one.attemptId)),
      ...lookAtMovementsOf(changed.filter((one) => one.finishedAt).map((one) => one.id)),
      ...moveOrderFunds(this.#movedFunds),
      ...replaceLetters('refund', this.#letters, ANSWERED_BY_NEWS),
      ...insertOutbox(told),
    ];
  }

  /** Funds of the refund's order, with what other news of this batch has changed about them. */
  #fundsOf(id: string): OrderFunds {
    const funds = this.#funds.get(this.#refund(id).paymentOrderId ?? '');
    assert(funds, 'a paid order has earned something, and its funds were locked');
    return { ...funds, pendingMinor: this.#movedFunds.get(funds.paymentOrderId) ?? funds.pendingMinor };
  }

  #refund(id: string): Held {
    const refund = this.#refunds.get(id);
    assert(refund, `refund ${id} was locked`);
    return refund;
  }
}
