import type pg from 'pg';
import type { Statement } from '#db';
import type { Letter } from '#dead-letters';
import { assert, type CurrencyCode, newId } from '#kernel';
import { insertOutbox, lockAttempts, type RefundableOrder, refundableOf, toRefundable } from '#payments';
import type { DisputeFacts, DisputeMovement } from '#psp';
import { undecidedRefundsOf } from '#refunds';
import type { DisputeDecision, DisputeNow } from './decide-dispute.ts';
import { ANSWERED_BY_ANY_WORD, ANSWERED_BY_NEWS, askPerson } from './dispute-questions.ts';
import {
  countDisputed,
  type DisputeRow,
  type DisputeTransition,
  insertDisputedOrders,
  insertDisputes,
  lookAtMovements,
  moveDisputes,
  type NewDispute,
} from './dispute-rows.ts';
import { DISPUTE_TRANSITIONS, type DisputeState, OPEN_DISPUTE_STATES } from './dispute-state.ts';
import type { DisputedOrder } from './share-dispute.ts';

/** What is known of a locked dispute, beside what decisions need. */
export interface LockedDispute extends DisputeNow {
  readonly id: string;
  readonly attemptId: string;
  readonly currency: CurrencyCode;
  /** Its orders and their shares, once the withdrawal is booked. */
  readonly orders: readonly DisputedOrder[];
}

type Held = { -readonly [Key in keyof (DisputeRow & LockedDispute)]: (DisputeRow & LockedDispute)[Key] };

/** Disputes under lock, in memory: decisions change the copies, {@link LockedDisputes.writes} sends what changed. */
export class LockedDisputes {
  /** By the PSP's id. */
  readonly #disputes = new Map<string, Held>();
  readonly #orders: RefundableOrder[];
  readonly #funds = new Map<string, bigint>();
  readonly #undecided: ReadonlySet<string>;
  readonly #new: NewDispute[] = [];
  readonly #changed = new Set<Held>();
  readonly #transitions: DisputeTransition[] = [];
  readonly #newOrders: (DisputedOrder & { readonly disputeId: string })[] = [];
  readonly #released: DisputedOrder[] = [];
  readonly #booked = new Set<string>();
  readonly #letters: Letter[] = [];

  /** Locks attempts and orders before disputes, as every writer does, so that two batches never wait in a circle. */
  static reads(attemptIds: readonly string[], pspDisputeIds: readonly string[]): Statement[] {
    return [
      lockAttempts(attemptIds),
      {
        name: 'lock-disputes',
        text: `select d.*, exists (
                 select from dispute_responses r where r.dispute_id = d.id and r.kind = 'acceptance' and r.refused_at is null
               ) as accepted
               from disputes d where d.psp_dispute_id = any($1::text[]) order by d.id for no key update`,
        values: [pspDisputeIds],
      },
      refundableOf(attemptIds),
      {
        name: 'booked-disputes',
        text: `select t.source_id, t.kind from ledger_transactions t join disputes d on d.id = t.source_id
               where d.psp_dispute_id = any($1::text[]) and t.kind in ('dispute_opened', 'dispute_won', 'dispute_lost')`,
        values: [pspDisputeIds],
      },
      {
        name: 'orders-of-disputes',
        text: `select o.dispute_id, o.payment_order_id, p.seller_id, o.disputed_minor, o.share_minor
               from dispute_orders o join disputes d on d.id = o.dispute_id join payment_orders p on p.payment_order_id = o.payment_order_id
               where d.psp_dispute_id = any($1::text[])`,
        values: [pspDisputeIds],
      },
      {
        name: 'funds-of-disputed-sellers',
        text: `select o.seller_id, a.currency, -sum(a.balance)::bigint as funds
               from (select distinct p.seller_id from captures c join payment_orders p on p.payment_order_id = c.payment_order_id
                     where c.attempt_id = any($1::text[])) o
               join ledger_accounts a on a.owner_id = o.seller_id and a.kind in ('seller_pending', 'seller_available')
               group by o.seller_id, a.currency`,
        values: [attemptIds],
      },
      undecidedRefundsOf(attemptIds),
    ];
  }

  /** Takes the rows of {@link LockedDisputes.reads}, in their order. */
  constructor(read: readonly pg.QueryResultRow[][]) {
    const [, rows = [], orders = [], booked = [], disputed = [], funds = [], undecided = []] = read;
    this.#orders = toRefundable(orders);
    this.#undecided = new Set(undecided.map((row) => row.attempt_id));
    for (const row of funds) this.#funds.set(`${row.seller_id} ${row.currency}`, row.funds);
    for (const row of rows) {
      const kinds = booked.filter((one) => one.source_id === row.id).map((one) => one.kind);
      this.#disputes.set(row.psp_dispute_id, {
        id: row.id,
        attemptId: row.attempt_id,
        currency: row.currency,
        state: row.state,
        seq: row.state_seq,
        seqRead: row.state_seq,
        dueBy: row.due_by,
        withdrawn: movement(row.withdrawn_minor, row.fee_minor),
        reinstated: movement(row.reinstated_minor, row.fee_returned_minor),
        tries: row.tries,
        resolveAt: row.resolve_at,
        finishedAt: row.finished_at,
        accepted: row.accepted,
        booked: { opened: kinds.includes('dispute_opened'), closed: kinds.some((kind) => kind !== 'dispute_opened') },
        orders: disputed.filter((one) => one.dispute_id === row.id).map(toDisputed),
      });
    }
  }

  /** The dispute that the PSP tells of; one that was never heard of is opened here, where each of them starts. */
  dispute(facts: DisputeFacts, attemptId: string): LockedDispute {
    const known = this.#disputes.get(facts.pspDisputeId);
    if (known) return known;
    const { pspDisputeId, reason, amountMinor, currency, openedAt, dueBy } = facts;
    const id = newId('dsp');
    this.#new.push({ id, pspDisputeId, attemptId, reason, amountMinor, currency, openedAt });
    const dispute: Held = {
      id,
      attemptId,
      currency,
      state: 'INQUIRY',
      seq: 0,
      seqRead: 0,
      dueBy,
      withdrawn: null,
      reinstated: null,
      tries: 0,
      resolveAt: null,
      finishedAt: null,
      accepted: false,
      booked: { opened: false, closed: false },
      orders: [],
    };
    this.#disputes.set(pspDisputeId, dispute);
    return dispute;
  }

  /** Captured orders of the dispute's charge, with what other news of this batch has changed about them. */
  ordersOf({ attemptId }: LockedDispute): RefundableOrder[] {
    return this.#orders.filter((order) => order.attemptId === attemptId);
  }

  /** What is left of the orders cannot be told yet: a refund of one of them may have gone, or be refused. */
  hasUndecidedRefund({ attemptId }: LockedDispute): boolean {
    return this.#undecided.has(attemptId);
  }

  /** What a seller has, pending and available. */
  fundsOf(sellerId: string, currency: CurrencyCode): bigint {
    return this.#funds.get(`${sellerId} ${currency}`) ?? 0n;
  }

  apply({ id }: LockedDispute, decision: DisputeDecision, facts: DisputeFacts, actor: string, now: Date): void {
    const dispute = this.#byId(id);
    for (const to of decision.steps) this.#move(dispute, to, actor);
    const { withdrawn, reinstated, tries, resolveAt } = decision;
    Object.assign(dispute, { withdrawn, reinstated, tries, resolveAt, dueBy: facts.dueBy ?? dispute.dueBy });
    const open = OPEN_DISPUTE_STATES.has(dispute.state);
    dispute.finishedAt = open ? null : (dispute.finishedAt ?? now);
    this.#changed.add(dispute);
  }

  /** Notes how the withdrawal is shared, now that it is booked. */
  share({ id }: LockedDispute, orders: readonly DisputedOrder[]): void {
    const dispute = this.#byId(id);
    dispute.orders = orders;
    dispute.booked = { ...dispute.booked, opened: true };
    this.#booked.add(id);
    this.#newOrders.push(...orders.map((order) => ({ ...order, disputeId: id })));
    for (const { paymentOrderId, disputedMinor } of orders) this.#count(paymentOrderId, disputedMinor);
  }

  /** Notes that the end is booked; money that came back is disputed no more. */
  close({ id, orders }: LockedDispute, won: boolean): void {
    const dispute = this.#byId(id);
    dispute.booked = { ...dispute.booked, closed: true };
    this.#booked.add(id);
    if (!won) return;
    this.#released.push(...orders);
    for (const { paymentOrderId, disputedMinor } of orders) this.#count(paymentOrderId, -disputedMinor);
  }

  /** The question a person is asked about the dispute from now on; null answers what a later word of the PSP answers. */
  setLetter({ id, tries }: LockedDispute, cause: string | null): void {
    this.#letters.push({ subjectId: id, cause, tries });
  }

  /** Everything that changed, for the transaction that holds the locks. */
  writes(): Statement[] {
    const told = this.#transitions.map(({ disputeId, to }) => {
      const payload = { dispute_id: disputeId, attempt_id: this.#byId(disputeId).attemptId, state: to };
      return { topic: 'dispute.updated', key: disputeId, payload };
    });
    // A dispute whose first news could not be applied has a letter by the PSP's id.
    const heard = [...[...this.#disputes.values()].map(({ id }) => id), ...this.#new.map((one) => one.pspDisputeId)];
    const answered = heard.map((subjectId) => ({ subjectId, cause: null, tries: 0 }));
    return [
      ...insertDisputes(this.#new),
      ...moveDisputes([...this.#changed], this.#transitions),
      ...insertDisputedOrders(this.#newOrders),
      ...countDisputed(this.#released, -1n),
      ...lookAtMovements([...this.#booked]),
      ...askPerson(answered, ANSWERED_BY_ANY_WORD),
      ...askPerson(this.#letters, ANSWERED_BY_NEWS),
      ...insertOutbox(told),
    ];
  }

  #move(dispute: Held, to: DisputeState, actor: string): void {
    assert(DISPUTE_TRANSITIONS[dispute.state].includes(to), `${dispute.id} may go from ${dispute.state} to ${to}`);
    const reason = `the provider says ${to.toLowerCase().replaceAll('_', ' ')}`;
    dispute.seq += 1;
    this.#transitions.push({ disputeId: dispute.id, seq: dispute.seq, from: dispute.state, to, reason, actor });
    dispute.state = to;
  }

  /** What one dispute of this batch has taken is not there for the next. */
  #count(paymentOrderId: string, minor: bigint): void {
    const index = this.#orders.findIndex((order) => order.paymentOrderId === paymentOrderId);
    const order = this.#orders[index];
    if (order) this.#orders[index] = { ...order, disputedMinor: order.disputedMinor + minor };
  }

  #byId(id: string): Held {
    const dispute = [...this.#disputes.values()].find((one) => one.id === id);
    assert(dispute, `dispute ${id} was locked`);
    return dispute;
  }
}

function movement(amountMinor: bigint | null, feeMinor: bigint | null): DisputeMovement | null {
  return amountMinor === null || feeMinor === null ? null : { amountMinor, feeMinor };
}

function toDisputed(row: pg.QueryResultRow): DisputedOrder {
  return {
    paymentOrderId: row.payment_order_id,
    sellerId: row.seller_id,
    disputedMinor: row.disputed_minor,
    shareMinor: row.share_minor,
  };
}
