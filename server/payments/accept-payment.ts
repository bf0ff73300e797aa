import type pg from 'pg';
import { config } from '#config';
import { brokenConstraint, columns, lanePool, runPipelined, type Statement } from '#db';
import { AppError, assert, createLane, newId, singleton, splitCommission } from '#kernel';
import { runBatch } from '#ledger';
import type { AttemptFacts, OrderFacts } from './facts.ts';
import { insertAttempts } from './payment-rows.ts';
import { type CheckoutRequest, type PaymentMethod, requestHash } from './request.ts';

/** A request about to be accepted. Without a payment method it waits, NOT_STARTED, for the shopper to open the hosted page. */
export interface Intake {
  readonly principal: string;
  readonly request: CheckoutRequest & { readonly payment?: PaymentMethod };
}

/** `new`: it is in the database, with one attempt per order when there was a payment method. `replay`: it was there before. */
export type Accepted =
  | {
      readonly kind: 'new';
      readonly createdAt: Date;
      readonly attempts: readonly AttemptFacts[];
      readonly orders: readonly OrderFacts[];
    }
  | { readonly kind: 'replay' };

/** Commission of a seller that was never seen before, in basis points; the database's default is the same. */
const DEFAULT_COMMISSION_BPS = 250;
const MAX_BATCH_REQUESTS = 500;
const MAX_WAITING_REQUESTS = 5_000;
/** How often a batch is decided again because another process took one of its ids in the same moment. */
const ID_RACES = 5;

/**
 * Accepts a request: event, orders, attempts and their first transition, committed before the PSP hears of it. Concurrent
 * requests share one transaction. Throws `idempotency_mismatch` when an id was used with another request, `overloaded` when
 * too many wait. An unknown seller account is opened unverified.
 */
export async function acceptPayment(intake: Intake): Promise<Accepted> {
  const accepted = await intakeLane().submit(intake);
  if (accepted instanceof Error) throw accepted;
  return accepted;
}

function intakeLane() {
  return singleton('payments.intake-lane', () =>
    createLane<Intake, Accepted | Error>({
      run: (intakes) => acceptPayments(lanePool(), intakes),
      maxBatch: MAX_BATCH_REQUESTS,
      maxQueue: MAX_WAITING_REQUESTS,
    }),
  );
}

/** Accepts a list in one transaction; a refused item has its error in its place. */
export async function acceptPayments(on: pg.Pool, intakes: readonly Intake[]): Promise<readonly (Accepted | Error)[]> {
  return runBatch(intakes, async (batch) => {
    for (let race = 0; ; race += 1) {
      try {
        return await acceptBatch(on, batch);
      } catch (error) {
        const lostRace =
          brokenConstraint(error) === 'payment_events_pkey' || brokenConstraint(error) === 'payment_orders_pkey';
        if (!lostRace || race >= ID_RACES) throw error;
      }
    }
  });
}

async function acceptBatch(on: pg.Pool, intakes: readonly Intake[]): Promise<(Accepted | Error)[]> {
  let results: (Accepted | Error)[] = [];
  await runPipelined(on, reads(intakes), ([events = [], orders = [], sellers = []]) => {
    const batch = new IntakeBatch(events, orders, sellers);
    results = intakes.map((intake) => batch.accept(intake));
    return batch.writes();
  });
  return results;
}

function reads(intakes: readonly Intake[]): Statement[] {
  const orders = intakes.flatMap(({ request }) => request.orders);
  return [
    {
      name: 'known-events',
      text: 'select checkout_id, request_hash from payment_events where checkout_id = any($1::text[])',
      values: [intakes.map(({ request }) => request.checkoutId)],
    },
    {
      name: 'known-orders',
      text: 'select payment_order_id, checkout_id from payment_orders where payment_order_id = any($1::text[])',
      values: [orders.map((order) => order.paymentOrderId)],
    },
    {
      name: 'known-sellers',
      text: 'select id, display_name, commission_bps from sellers where id = any($1::text[])',
      values: [[...new Set(orders.map((order) => order.sellerAccount))]],
    },
  ];
}

interface NewEvent extends Intake {
  readonly hash: Buffer;
  readonly orders: readonly OrderFacts[];
}

/** Decides a batch in arrival order: what is new, what is a replay, what contradicts something already accepted. */
class IntakeBatch {
  readonly #hashes: Map<string, Buffer>;
  readonly #orderIds: Set<string>;
  readonly #sellers: Map<string, { readonly name: string; readonly commissionBps: number }>;
  readonly #newSellers: string[] = [];
  readonly #events: NewEvent[] = [];
  readonly #attempts: AttemptFacts[] = [];
  readonly #now = new Date();

  constructor(
    events: readonly pg.QueryResultRow[],
    orders: readonly pg.QueryResultRow[],
    sellers: readonly pg.QueryResultRow[],
  ) {
    this.#hashes = new Map(events.map((row) => [row.checkout_id, row.request_hash]));
    this.#orderIds = new Set(orders.map((row) => row.payment_order_id));
    this.#sellers = new Map(
      sellers.map((row) => [row.id, { name: row.display_name, commissionBps: row.commission_bps }]),
    );
  }

  accept(intake: Intake): Accepted | Error {
    const { principal, request } = intake;
    const hash = requestHash(principal, request);
    const known = this.#hashes.get(request.checkoutId);
    if (known) return known.equals(hash) ? { kind: 'replay' } : mismatch('checkout_id', request.checkoutId);
    const taken = request.orders.find((order) => this.#orderIds.has(order.paymentOrderId));
    if (taken) return mismatch('payment_order_id', taken.paymentOrderId);

    const orders = request.orders.map((order) => this.#orderFacts(order));
    const attempts = request.payment
      ? orders.map((order) => attemptFor(intake, request.payment as PaymentMethod, order))
      : [];
    this.#hashes.set(request.checkoutId, hash);
    for (const order of orders) this.#orderIds.add(order.paymentOrderId);
    this.#events.push({ ...intake, hash, orders });
    this.#attempts.push(...attempts);
    return { kind: 'new', createdAt: this.#now, attempts, orders };
  }

  writes(): Statement[] {
    if (this.#events.length === 0) return [];
    const resolveAt = new Date(this.#now.getTime() + config().RESOLVE_AFTER_MS);
    const attempts = this.#attempts.map((attempt) => ({
      ...attempt,
      resolveAt,
      orderIds: attempt.orders.map((order) => order.paymentOrderId),
    }));
    return [...this.#sellerWrites(), this.#eventWrites(), this.#orderWrites(), ...insertAttempts(attempts)];
  }

  #orderFacts(order: CheckoutRequest['orders'][number]): OrderFacts {
    let seller = this.#sellers.get(order.sellerAccount);
    if (!seller) {
      seller = { name: order.sellerAccount, commissionBps: DEFAULT_COMMISSION_BPS };
      this.#sellers.set(order.sellerAccount, seller);
      this.#newSellers.push(order.sellerAccount);
    }
    const { amountMinor, currency } = order.amount;
    return {
      paymentOrderId: order.paymentOrderId,
      sellerId: order.sellerAccount,
      sellerName: seller.name,
      description: order.description ?? '',
      amountMinor,
      commissionMinor: splitCommission(amountMinor, seller.commissionBps).commissionMinor,
      currency,
    };
  }

  #sellerWrites(): Statement[] {
    if (this.#newSellers.length === 0) return [];
    return [
      {
        name: 'open-sellers',
        text: 'insert into sellers (id, display_name) select id, id from unnest($1::text[]) s (id) on conflict (id) do nothing',
        values: [this.#newSellers.toSorted()],
      },
    ];
  }

  #eventWrites(): Statement {
    return {
      name: 'insert-events',
      text: `insert into payment_events (checkout_id, principal, flow, request_hash, buyer_user_id, buyer_email, buyer_name, created_at)
             select * from unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])`,
      values: columns(
        this.#events,
        (row) => row.request.checkoutId,
        (row) => row.principal,
        (row) => (row.request.payment ? 'direct' : 'hosted'),
        (row) => row.hash,
        (row) => row.request.buyer.userId,
        (row) => row.request.buyer.email,
        (row) => row.request.buyer.name,
        () => this.#now,
      ),
      expectRows: this.#events.length,
    };
  }

  /** Orders with a payment method start EXECUTING at once; their first transition is written by the same statement. */
  #orderWrites(): Statement {
    const attemptOf = new Map(
      this.#attempts.flatMap((attempt) =>
        attempt.orders.map((order) => [order.paymentOrderId, attempt.attemptId] as const),
      ),
    );
    const rows = this.#events.flatMap((event) =>
      event.orders.map((order, index) => ({
        event,
        order,
        lineNo: index + 1,
        attemptId: attemptOf.get(order.paymentOrderId) ?? null,
      })),
    );
    return {
      name: 'insert-orders',
      text: `with orders (payment_order_id, checkout_id, line_no, seller_id, description, amount_minor, currency, commission_minor, attempt_id) as (
               select * from unnest($1::text[], $2::text[], $3::smallint[], $4::text[], $5::text[], $6::bigint[], $7::char(3)[], $8::bigint[], $9::text[])
             ), history as (
               insert into order_transitions (payment_order_id, seq, from_state, to_state, reason, attempt_id, actor)
               select payment_order_id, 1, 'NOT_STARTED', 'EXECUTING', 'payment started', attempt_id, 'api' from orders where attempt_id is not null
             )
             insert into payment_orders (payment_order_id, checkout_id, line_no, seller_id, description, amount_minor, currency, commission_minor, state, state_seq)
             select payment_order_id, checkout_id, line_no, seller_id, description, amount_minor, currency, commission_minor,
                    case when attempt_id is null then 'NOT_STARTED' else 'EXECUTING' end, case when attempt_id is null then 0 else 1 end
             from orders`,
      values: columns(
        rows,
        (row) => row.order.paymentOrderId,
        (row) => row.event.request.checkoutId,
        (row) => row.lineNo,
        (row) => row.order.sellerId,
        (row) => row.order.description,
        (row) => row.order.amountMinor,
        (row) => row.order.currency,
        (row) => row.order.commissionMinor,
        (row) => row.attemptId,
      ),
      expectRows: rows.length,
    };
  }
}

/** The token path charges each order on its own, so that one decline does not take the other sellers' money away. */
function attemptFor({ request }: Intake, payment: PaymentMethod, order: OrderFacts): AttemptFacts {
  assert(order.amountMinor > 0n, 'amounts were parsed');
  return {
    attemptId: newId('att'),
    attemptNo: 1,
    kind: 'direct',
    checkoutId: request.checkoutId,
    paymentMethod: payment.token,
    cardLast4: payment.last4 ?? null,
    amountMinor: order.amountMinor,
    currency: order.currency,
    buyer: request.buyer,
    orders: [order],
  };
}

function mismatch(param: string, id: string): AppError {
  return new AppError('idempotency_mismatch', `${param} ${id} was already used with another request.`, { param });
}
