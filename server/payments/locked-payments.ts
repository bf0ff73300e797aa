import type pg from 'pg';
import { columns, type Statement } from '#db';
import { assert } from '#kernel';
import { type AttemptState, OPEN_ATTEMPT_STATES } from './attempt-state.ts';
import type { AttemptChange } from './decision.ts';
import type { AttemptFacts } from './facts.ts';
import { type HeldRow, holdMoney } from './held-money.ts';
import { type EarnedFunds, insertOrderFunds } from './order-funds.ts';
import { type OrderEvent, type OrderState, stepsFor } from './order-state.ts';
import {
  type AnsweredLetters,
  type CaptureRow,
  closeAnsweredLetters,
  type DeadLetterRow,
  insertAttempts,
  insertCaptures,
  insertDeadLetters,
  insertOutbox,
  type NewAttempt,
  type OutboxRow,
} from './payment-rows.ts';

interface AttemptRow {
  state: AttemptState;
  tries: number;
  sends: number;
  readonly since: Date;
  pspPaymentId: string | null;
  pspSessionId: string | null;
  pageUrl: string | null;
  cardLast4: string | null;
  declineCode: string | null;
  error: string | null;
  latencyMs: number | null;
  resolveAt: Date | null;
  finishedAt: Date | null;
  changed: boolean;
}

interface Transition {
  readonly paymentOrderId: string;
  readonly seq: number;
  readonly from: OrderState;
  readonly to: OrderState;
  readonly reason: string;
  readonly attemptId: string;
  readonly actor: string;
}

/** Attempts and orders under lock, in memory: decisions change the copies, {@link LockedPayments.writes} sends what changed. */
export class LockedPayments {
  readonly #attempts = new Map<string, AttemptRow>();
  readonly #orders = new Map<string, { state: OrderState; seq: number; readonly seqRead: number }>();
  readonly #transitions: Transition[] = [];
  readonly #captures: CaptureRow[] = [];
  readonly #funds: EarnedFunds[] = [];
  readonly #newAttempts: NewAttempt[] = [];
  readonly #held: HeldRow[] = [];
  #deadLetters: DeadLetterRow[] = [];
  readonly #answered: AnsweredLetters[] = [];
  readonly #outbox: OutboxRow[] = [];

  /** Locks orders in id order, so that two batches can never wait for each other. */
  static read(attemptIds: readonly string[]): Statement {
    return {
      name: 'lock-payments',
      text: `select a.id as attempt_id, a.state as attempt_state, a.tries, a.sends, coalesce(a.pushed_at, a.created_at) as since,
                    a.psp_payment_id, a.psp_session_id, a.page_url, a.card_last4, a.decline_code, a.error, a.latency_ms,
                    a.resolve_at, a.finished_at, o.payment_order_id, o.state as order_state, o.state_seq
             from payment_attempts a
             join attempt_orders ao on ao.attempt_id = a.id
             join payment_orders o on o.payment_order_id = ao.payment_order_id
             where a.id = any($1::text[])
             order by o.payment_order_id, a.id
             for no key update of o, a`,
      values: [attemptIds],
    };
  }

  constructor(rows: readonly pg.QueryResultRow[]) {
    for (const row of rows) {
      this.#attempts.set(row.attempt_id, {
        state: row.attempt_state,
        tries: row.tries,
        sends: row.sends,
        since: row.since,
        pspPaymentId: row.psp_payment_id,
        pspSessionId: row.psp_session_id,
        pageUrl: row.page_url,
        cardLast4: row.card_last4,
        declineCode: row.decline_code,
        error: row.error,
        latencyMs: row.latency_ms,
        resolveAt: row.resolve_at,
        finishedAt: row.finished_at,
        changed: false,
      });
      if (!this.#orders.has(row.payment_order_id)) {
        this.#orders.set(row.payment_order_id, { state: row.order_state, seq: row.state_seq, seqRead: row.state_seq });
      }
    }
  }

  attempt(attemptId: string): Readonly<AttemptRow> {
    const attempt = this.#attempts.get(attemptId);
    assert(attempt, `attempt ${attemptId} was locked`);
    return attempt;
  }

  orderState(paymentOrderId: string): OrderState {
    return this.#order(paymentOrderId).state;
  }

  changeAttempt(attemptId: string, change: AttemptChange, call: { now: Date; latencyMs?: number | undefined }): void {
    const attempt = this.#attempts.get(attemptId);
    assert(attempt, `attempt ${attemptId} was locked`);
    if (Object.keys(change).length === 0) return;
    Object.assign(attempt, change, { changed: true });
    if (call.latencyMs !== undefined) attempt.latencyMs = call.latencyMs;
    if (!OPEN_ATTEMPT_STATES.has(attempt.state)) attempt.finishedAt ??= call.now;
  }

  /** Moves an order by an event, one transition per step; answers whether it moved. */
  moveOrder(
    paymentOrderId: string,
    event: OrderEvent,
    by: { attemptId: string; actor: string; reason: string },
  ): boolean {
    const order = this.#order(paymentOrderId);
    const steps = stepsFor(event, order.state);
    for (const to of steps) {
      order.seq += 1;
      this.#transitions.push({ paymentOrderId, seq: order.seq, from: order.state, to, ...by });
      order.state = to;
    }
    if (steps.length > 0)
      this.#outbox.push({
        topic: 'payment_order.updated',
        key: paymentOrderId,
        payload: { payment_order_id: paymentOrderId, state: order.state },
      });
    return steps.length > 0;
  }

  addCapture(capture: CaptureRow): void {
    this.#captures.push(capture);
  }

  /** What the seller earned by a capture: pending until it is available. */
  addFunds(funds: EarnedFunds): void {
    this.#funds.push(funds);
  }

  /** Notes that money of the attempt waits in suspense: its refund is due. */
  hold(held: HeldRow): void {
    this.#held.push(held);
  }

  /** A new attempt for the worker to send. */
  addAttempt(facts: AttemptFacts, resolveAt: Date): void {
    this.#newAttempts.push({
      ...facts,
      resolveAt,
      sends: 0,
      orderIds: facts.orders.map((order) => order.paymentOrderId),
    });
  }

  /** Tells a person why somebody has to look at an attempt as it stands now. */
  addDeadLetter(attemptId: string, cause: string): void {
    // That nobody answers is no news about an attempt somebody has to look at anyway.
    if (cause === 'outcome_unknown' && this.#deadLetters.some((one) => one.attemptId === attemptId)) return;
    const { tries, error } = this.attempt(attemptId);
    this.#deadLetters.push({ attemptId, cause, tries, error });
  }

  /** Closes what a person was asked about an attempt, because the answer came by itself. */
  answerDeadLetters(attemptId: string, causes: readonly string[], resolution: string): void {
    this.#deadLetters = this.#deadLetters.filter((one) => one.attemptId !== attemptId || !causes.includes(one.cause));
    for (const cause of causes) this.#answered.push({ attemptId, cause, resolution });
  }

  /** Everything that changed, for the transaction that holds the locks. */
  writes(): Statement[] {
    return [
      ...this.#orderWrites(),
      ...insertCaptures(this.#captures),
      ...insertOrderFunds(this.#funds),
      ...this.#attemptWrites(),
      ...insertAttempts(this.#newAttempts),
      ...closeAnsweredLetters(this.#answered),
      ...insertDeadLetters(this.#deadLetters),
      ...holdMoney(this.#held),
      ...insertOutbox(this.#outbox),
    ];
  }

  #order(paymentOrderId: string) {
    const order = this.#orders.get(paymentOrderId);
    assert(order, `order ${paymentOrderId} was locked`);
    return order;
  }

  #orderWrites(): Statement[] {
    const moved = [...this.#orders].filter(([, order]) => order.seq !== order.seqRead);
    if (moved.length === 0) return [];
    return [
      {
        name: 'move-orders',
        text: `with history as (
                 insert into order_transitions (payment_order_id, seq, from_state, to_state, reason, attempt_id, actor)
                 select * from unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
               )
               update payment_orders o set state = moved.state, state_seq = moved.seq, updated_at = now()
               from unnest($8::text[], $9::smallint[], $10::text[], $11::smallint[]) moved (id, seq_read, state, seq)
               where o.payment_order_id = moved.id and o.state_seq = moved.seq_read`,
        values: [
          ...columns(
            this.#transitions,
            (row) => row.paymentOrderId,
            (row) => row.seq,
            (row) => row.from,
            (row) => row.to,
            (row) => row.reason,
            (row) => row.attemptId,
            (row) => row.actor,
          ),
          ...columns(
            moved,
            ([id]) => id,
            ([, order]) => order.seqRead,
            ([, order]) => order.state,
            ([, order]) => order.seq,
          ),
        ],
        expectRows: moved.length,
      },
    ];
  }

  #attemptWrites(): Statement[] {
    const changed = [...this.#attempts].filter(([, attempt]) => attempt.changed);
    if (changed.length === 0) return [];
    return [
      {
        name: 'update-attempts',
        text: `update payment_attempts a
               set state = n.state, tries = n.tries, sends = n.sends, psp_payment_id = n.psp_payment_id, psp_session_id = n.psp_session_id, page_url = n.page_url,
                   card_last4 = coalesce(n.card_last4, a.card_last4), decline_code = n.decline_code, error = n.error, latency_ms = n.latency_ms,
                   resolve_at = n.resolve_at, finished_at = n.finished_at
               from unnest($1::text[], $2::text[], $3::smallint[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                           $10::text[], $11::int[], $12::timestamptz[], $13::timestamptz[])
                 n (id, state, tries, sends, psp_payment_id, psp_session_id, page_url, card_last4, decline_code, error, latency_ms, resolve_at, finished_at)
               where a.id = n.id`,
        values: columns(
          changed,
          ([id]) => id,
          ([, row]) => row.state,
          ([, row]) => row.tries,
          ([, row]) => row.sends,
          ([, row]) => row.pspPaymentId,
          ([, row]) => row.pspSessionId,
          ([, row]) => row.pageUrl,
          ([, row]) => row.cardLast4,
          ([, row]) => row.declineCode,
          ([, row]) => row.error,
          ([, row]) => row.latencyMs,
          ([, row]) => row.resolveAt,
          ([, row]) => row.finishedAt,
        ),
        expectRows: changed.length,
      },
    ];
  }
}
