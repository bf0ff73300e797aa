import type { Statement } from '#db';
import { type AttemptState, OPEN_ATTEMPT_STATES } from '../../payments/attempt-state.ts';
import type { AccountRow, AttemptRow, EntryRow, EventRow, FeePlanRow, FundsRow, OrderRow } from './rows.ts';

/** A row that an insert or update could not keep: the real database would refuse it too. */
export class Refused extends Error {}

/** What stands in a column. */
// biome-ignore lint/suspicious/noExplicitAny: statements carry untyped values, here as on their way to the driver
type Cell = any;
type Columns = readonly (readonly Cell[])[];
type Write = (columns: Columns) => number;

/**
 * The tables beneath the pure core, in memory: they keep what the core's own statements write, known by their names, and answer
 * the rows that its reads would. Keys and row counts are checked as the database does; everything else is the core's business.
 */
export class Tables {
  readonly sellers = new Map<string, Record<string, never>>();
  readonly feePlans: FeePlanRow[] = [];
  readonly events = new Map<string, EventRow>();
  readonly orders = new Map<string, OrderRow>();
  readonly attempts = new Map<string, AttemptRow>();
  readonly transitions: { orderId: string; seq: number; from: string; to: string }[] = [];
  readonly captures = new Map<string, { attemptId: string; amountMinor: bigint; currency: string }>();
  readonly funds = new Map<string, FundsRow>();
  readonly accounts = new Map<string, AccountRow>();
  readonly transactions = new Map<string, { kind: string; legs: number; sourceId: string }>();
  readonly entries: EntryRow[] = [];
  readonly deadLetters: { subject: string; cause: string; open: boolean }[] = [];
  readonly outbox: { key: string; state: string }[] = [];
  readonly inbox = new Map<bigint, { verdict: string | null }>();
  /** Statements that changed anything so far. */
  writes = 0;

  /** Keeps what the statements write, in their order. Throws {@link Refused} where the database would. */
  write(statements: readonly Statement[]): void {
    for (const { name = '', values = [], expectRows } of statements) {
      const write = this.#writers[name];
      if (!write) throw new Error(`no table knows the statement ${name}`);
      const rows = write(values as Columns);
      if (expectRows !== undefined && rows !== expectRows)
        throw new Refused(`${name}: ${rows} rows instead of ${expectRows}`);
      this.writes += rows;
    }
  }

  account(code: string): AccountRow {
    return (
      this.accounts.get(code) ??
      insert(this.accounts, code, { id: BigInt(this.accounts.size + 1), code, balance: 0n, version: 0n })
    );
  }

  attemptsOf(orderId: string): AttemptRow[] {
    return [...this.attempts.values()].filter((attempt) => attempt.orderIds.includes(orderId));
  }

  ordersOf(checkoutId: string): OrderRow[] {
    return [...this.orders.values()].filter((order) => order.checkoutId === checkoutId);
  }

  attempt(id: string): AttemptRow {
    const attempt = this.attempts.get(id);
    if (!attempt) throw new Refused(`there is no attempt ${id}`);
    return attempt;
  }

  event(checkoutId: string): EventRow {
    const event = this.events.get(checkoutId);
    if (!event) throw new Refused(`there is no checkout ${checkoutId}`);
    return event;
  }

  order(id: string): OrderRow {
    const order = this.orders.get(id);
    if (!order) throw new Refused(`there is no order ${id}`);
    return order;
  }

  #addTransition(orderId: string, seq: number, from: string, to: string): void {
    if (this.transitions.some((one) => one.orderId === orderId && one.seq === seq))
      throw new Refused(`order_transitions_pkey: ${orderId} ${seq}`);
    this.transitions.push({ orderId, seq, from, to });
  }

  readonly #writers: Readonly<Record<string, Write>> = {
    'open-sellers': ([ids = []]) => each(ids, (id) => insert(this.sellers, id, {})),
    'insert-events': (columns) =>
      rows(columns, ([id, , flow, hash, buyerId]) => insert(this.events, id, { hash, flow, buyerId })),
    'insert-orders': (columns) =>
      rows(
        columns,
        ([
          id,
          checkoutId,
          lineNo,
          sellerId,
          ,
          amountMinor,
          currency,
          commissionMinor,
          attemptId,
          planId,
          bps,
          fixedMinor,
        ]) => {
          const plan = this.feePlans.find((one) => one.id === planId);
          if (plan?.bps !== bps || plan?.fixed_minor !== fixedMinor)
            throw new Refused(`payment_orders_fee_plan_exists: ${id}`);
          const started = attemptId !== null;
          const state = started ? 'EXECUTING' : 'NOT_STARTED';
          const money = { amountMinor, currency, commissionMinor };
          insert(this.orders, id, { id, checkoutId, lineNo, sellerId, ...money, state, stateSeq: started ? 1 : 0 });
          if (started) this.#addTransition(id, 1, 'NOT_STARTED', 'EXECUTING');
        },
      ),
    'insert-attempts': (columns) =>
      rows(
        columns,
        ([id, checkoutId, attemptNo, kind, amountMinor, currency, paymentMethod, cardLast4, resolveAt, sends]) => {
          const asked = { amountMinor, currency, paymentMethod, cardLast4 };
          const learned = { pspPaymentId: null, pspSessionId: null, pageUrl: null, declineCode: null, error: null };
          const work = {
            state: 'PENDING',
            tries: 0,
            sends,
            since: new Date(),
            latencyMs: null,
            resolveAt,
            finishedAt: null,
            heldMinor: null,
          };
          insert(this.attempts, id, { id, checkoutId, attemptNo, kind, ...asked, ...learned, ...work, orderIds: [] });
        },
      ),
    'insert-attempt-orders': (columns) =>
      rows(columns, ([attemptId, orderId]) => this.attempts.get(attemptId)?.orderIds.push(orderId)),
    'start-orders': ([ids]) =>
      each(ids ?? [], (id) => {
        const order = this.order(id);
        if (order.state !== 'NOT_STARTED' && order.state !== 'FAILED') return false;
        order.stateSeq += 1;
        this.#addTransition(id, order.stateSeq, order.state, 'EXECUTING');
        order.state = 'EXECUTING';
        return true;
      }),
    'move-orders': (columns) => {
      rows(columns.slice(0, 7), ([id, seq, from, to]) => this.#addTransition(id, seq, from, to));
      return rows(columns.slice(7), ([id, seqRead, state, seq]) => {
        const order = this.order(id);
        if (order.stateSeq !== seqRead) return false;
        Object.assign(order, { state, stateSeq: seq });
        return true;
      });
    },
    'insert-captures': (columns) =>
      rows(columns, ([orderId, attemptId, , amountMinor, currency]) =>
        insert(this.captures, orderId, { attemptId, amountMinor, currency }),
      ),
    'insert-order-funds': (columns) =>
      rows(columns, ([orderId, sellerId, currency, earnedMinor]) =>
        insert(this.funds, orderId, { sellerId, currency, earnedMinor }),
      ),
    'update-attempts': (columns) => rows(columns, (values) => this.#updateAttempt(values)),
    'replace-dead-letters': ([subjects = [], causes = []]) =>
      each(subjects, (subject, index) => {
        for (const letter of this.deadLetters)
          if (letter.subject === subject && letter.cause !== causes[index] && causes[index] !== 'outcome_unknown')
            letter.open = false;
      }),
    'close-answered-letters': ([subjects = [], causes = []]) =>
      each(subjects, (subject, index) => {
        for (const letter of this.deadLetters)
          if (letter.subject === subject && letter.cause === causes[index]) letter.open = false;
      }),
    'insert-dead-letters': (columns) =>
      rows(columns, ([subject, cause]) => {
        if (this.deadLetters.some((letter) => letter.open && letter.subject === subject)) return false;
        this.deadLetters.push({ subject, cause, open: true });
        return true;
      }),
    'hold-money': (columns) =>
      rows(columns, ([id, amountMinor]) => {
        const attempt = this.attempt(id);
        if (attempt.heldMinor !== null) return false;
        attempt.heldMinor = amountMinor;
        return true;
      }),
    'answer-dead-letters': ([subjects = []]) =>
      each(subjects, (subject) => {
        for (const letter of this.deadLetters) if (letter.subject === subject) letter.open = false;
      }),
    'insert-outbox': (columns) =>
      rows(columns, ([, key, payload]) => {
        this.outbox.push({ key, state: JSON.parse(payload).state });
      }),
    'inbox-handled': (columns) =>
      rows(columns, ([id, verdict]) => {
        const row = this.inbox.get(id);
        if (!row || row.verdict !== null) return false;
        row.verdict = verdict;
        return true;
      }),
    'write-book': (columns) => this.#writeBook(columns),
  };

  #updateAttempt(values: readonly Cell[]): boolean {
    const [id, state, tries, sends, pspPaymentId, pspSessionId, pageUrl, cardLast4, declineCode, error, latencyMs] =
      values;
    const attempt = this.attempts.get(id);
    if (!attempt) return false;
    const [resolveAt, finishedAt] = values.slice(11);
    const learned = {
      pspPaymentId,
      pspSessionId,
      pageUrl,
      declineCode,
      error,
      cardLast4: cardLast4 ?? attempt.cardLast4,
    };
    Object.assign(attempt, { state, tries, sends, ...learned, latencyMs, resolveAt, finishedAt });
    if ((attempt.finishedAt === null) !== OPEN_ATTEMPT_STATES.has(attempt.state as AttemptState))
      throw new Refused(`payment_attempts_finished_is_final: ${id} is ${state}`);
    return true;
  }

  #writeBook(columns: Columns): number {
    const byId = new Map([...this.accounts.values()].map((account) => [account.id, account]));
    rows(columns.slice(0, 6), ([id, kind, legs, sourceId]) => {
      for (const one of this.transactions.values())
        if (one.kind === kind && one.sourceId === sourceId)
          throw new Refused(`ledger_transactions_one_per_fact: ${kind} ${sourceId}`);
      insert(this.transactions, id, { kind, legs, sourceId });
    });
    rows(columns.slice(6, 12), ([accountId, accountSeq, transactionId, amountMinor, balanceAfter, currency]) => {
      this.entries.push({ accountId, accountSeq, transactionId, amountMinor, balanceAfter, currency });
    });
    return rows(columns.slice(12), ([id, versionRead, balance, version]) => {
      const account = byId.get(id);
      if (!account || account.version !== versionRead) return false;
      Object.assign(account, { balance, version });
      return true;
    });
  }
}

function insert<Key, Row>(table: Map<Key, Row>, key: Key, row: Row): Row {
  if (table.has(key)) throw new Refused(`the key ${key} is there already`);
  table.set(key, row);
  return row;
}

/** Calls `write` for each value; answers for how many it did not say `false`. */
function each<Value>(values: readonly Value[], write: (value: Value, index: number) => unknown): number {
  return values.filter((value, index) => write(value, index) !== false).length;
}

/** As {@link each}, over rows that come as one array per column. */
function rows(columns: Columns, write: (row: readonly Cell[]) => unknown): number {
  return each(columns[0] ?? [], (_, index) => write(columns.map((column) => column[index])));
}
