import type pg from 'pg';
import { config } from '#config';
import { brokenConstraint, databaseTime, lanePool, runPipelined, type Statement } from '#db';
import type { KeyedRun } from '#idempotency';
import { AppError, assert, createLane, newId, singleton, splitCommission } from '#kernel';
import { runBatch } from '#ledger';
import type { AttemptFacts, OrderFacts } from './facts.ts';
import { FeePlans, readFeePlans } from './fee-plans.ts';
import {
  type EventRow,
  insertAttempts,
  insertEvents,
  insertOrders,
  type OrderRow,
  openSellers,
} from './payment-rows.ts';
import { type CheckoutRequest, type PaymentMethod, requestHash } from './request.ts';

/** A request about to be accepted. Without a payment method it waits, NOT_STARTED, for the shopper to open the hosted page. */
export interface Intake {
  readonly principal: string;
  readonly request: CheckoutRequest & { readonly payment?: PaymentMethod };
  /** The keyed request it is part of, which learns in the same transaction that it has had its effect. */
  readonly keyed?: KeyedRun | undefined;
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
      name: 'intake',
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
  await runPipelined(on, reads(intakes), ([events = [], orders = [], sellers = [], plans = []]) => {
    const batch = new IntakeBatch(events, orders, sellers, new FeePlans(plans));
    results = intakes.map((intake) => batch.accept(intake));
    return batch.writes();
  });
  return results;
}

function reads(intakes: readonly Intake[]): Statement[] {
  const orders = intakes.flatMap(({ request }) => request.orders);
  const sellerIds = [...new Set(orders.map((order) => order.sellerAccount))];
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
      text: 'select id, display_name from sellers where id = any($1::text[])',
      values: [sellerIds],
    },
    readFeePlans(sellerIds),
  ];
}

/** Decides a batch in arrival order: what is new, what is a replay, what contradicts something already accepted. */
export class IntakeBatch {
  readonly #hashes: Map<string, Buffer>;
  readonly #orderIds: Set<string>;
  /** Names by id. */
  readonly #sellers: Map<string, string>;
  readonly #plans: FeePlans;
  readonly #newSellers: string[] = [];
  readonly #events: EventRow[] = [];
  readonly #orders: OrderRow[] = [];
  readonly #attempts: AttemptFacts[] = [];
  readonly #reached: Statement[] = [];
  readonly #now = databaseTime();

  constructor(
    events: readonly pg.QueryResultRow[],
    orders: readonly pg.QueryResultRow[],
    sellers: readonly pg.QueryResultRow[],
    plans: FeePlans,
  ) {
    this.#hashes = new Map(events.map((row) => [row.checkout_id, row.request_hash]));
    this.#orderIds = new Set(orders.map((row) => row.payment_order_id));
    this.#sellers = new Map(sellers.map((row) => [row.id, row.display_name]));
    this.#plans = plans;
  }

  accept(intake: Intake): Accepted | Error {
    const { principal, request, keyed } = intake;
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
    this.#events.push({ principal, request, hash, flow: request.payment ? 'direct' : 'hosted', createdAt: this.#now });
    this.#attempts.push(...attempts);
    if (keyed) this.#reached.push(...keyed.reach(request.checkoutId));
    for (const [index, order] of orders.entries()) {
      this.#orderIds.add(order.paymentOrderId);
      const attemptId = attempts[index]?.attemptId ?? null;
      const plan = this.#plans.planOf(order.sellerId, order.currency);
      this.#orders.push({ checkoutId: request.checkoutId, lineNo: index + 1, order, plan, attemptId });
    }
    return { kind: 'new', createdAt: this.#now, attempts, orders };
  }

  /** Everything new, parents first. */
  writes(): Statement[] {
    const resolveAt = new Date(this.#now.getTime() + config().RESOLVE_AFTER_MS);
    const attempts = this.#attempts.map((attempt) => ({
      ...attempt,
      resolveAt,
      sends: 1 as const,
      orderIds: orderIdsOf(attempt),
    }));
    return [
      ...openSellers(this.#newSellers),
      ...insertEvents(this.#events),
      ...insertOrders(this.#orders),
      ...insertAttempts(attempts),
      ...this.#reached,
    ];
  }

  #orderFacts(order: CheckoutRequest['orders'][number]): OrderFacts {
    const { sellerAccount: sellerId } = order;
    const { amountMinor, currency } = order.amount;
    const { bps, fixedMinor } = this.#plans.planOf(sellerId, currency);
    if (!this.#sellers.has(sellerId)) {
      this.#sellers.set(sellerId, sellerId);
      this.#newSellers.push(sellerId);
    }
    return {
      paymentOrderId: order.paymentOrderId,
      sellerId,
      sellerName: this.#sellers.get(sellerId) ?? sellerId,
      description: order.description ?? '',
      amountMinor,
      commissionMinor: splitCommission(amountMinor, bps, fixedMinor).commissionMinor,
      currency,
    };
  }
}

function orderIdsOf(attempt: AttemptFacts): string[] {
  return attempt.orders.map((order) => order.paymentOrderId);
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
