import { config } from '#config';
import { databaseTime, pool, run, runInTransaction, type Statement, type Tx } from '#db';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { AppError, type CurrencyCode, newId, singleton } from '#kernel';
import { type Occasion, type Outcome, psp } from '#psp';
import { type AppliedOutcome, applyOutcome } from './apply-outcomes.ts';
import type { AttemptState } from './attempt-state.ts';
import { type AttemptFacts, loadAttemptFacts } from './facts.ts';
import { getCheckout } from './get-checkout.ts';
import { mayBePaid, type OrderState } from './order-state.ts';
import { insertAttempts, type NewAttempt } from './payment-rows.ts';
import { startOrders } from './start-orders.ts';
import type { CheckoutView } from './views.ts';

/**
 * Opens the hosted page for a checkout and answers its address. Idempotent: while a page is open the same one is answered, and
 * a double click finds the attempt of the first. Throws `not_found`, `checkout_not_payable` when the checkout is settled or on
 * its way, `psp_unavailable` when no page could be opened (nothing was charged; trying again is safe). A keyed request that opened
 * a page before answers that one, whatever became of it.
 */
export async function startHostedPayment(
  checkoutId: string,
  keyed: KeyedRun = UNKEYED,
): Promise<{ redirectUrl: string }> {
  const opened = keyed.subjectId && (await pageOf(keyed.subjectId));
  if (opened) return { redirectUrl: opened };
  const attemptId = await runInTransaction((tx) => openOrFindAttempt(tx, checkoutId, keyed));
  const facts = await factsOf(attemptId);
  const open = await pageOf(attemptId, 'REQUIRES_ACTION');
  if (open) return { redirectUrl: open };
  const applied = await openHostedPage(facts, 'api');
  // Nobody is sent to a page whose orders were paid by an earlier attempt while it was being opened.
  if (applied.pageUrl && !isWanted(applied.orders)) throw notPayable();
  if (applied.pageUrl) return { redirectUrl: applied.pageUrl };
  throw new AppError('psp_unavailable', 'The payment page could not be opened. Nothing was charged; try again.', {
    retryAfterSeconds: 2,
  });
}

/** Pages that this process is opening: a double click waits for the first one instead of asking the PSP beside it. */
const opening = singleton('payments.opening-pages', () => new Map<string, Promise<AppliedOutcome>>());

/**
 * Asks the PSP for the page and applies its answer. The attempt's id is the key, so asking again answers the same page. A shopper's
 * click uses up none of the worker's tries: however often somebody presses, nobody can have paid on a page that was never shown.
 */
export function openHostedPage(
  facts: AttemptFacts,
  actor: 'api' | 'resolver',
  occasion: Occasion = 'first',
): Promise<AppliedOutcome> {
  const first = opening.get(facts.attemptId);
  if (first) return first;
  const work = openOnce(facts, actor, occasion).finally(() => opening.delete(facts.attemptId));
  opening.set(facts.attemptId, work);
  return work;
}

async function openOnce(facts: AttemptFacts, actor: 'api' | 'resolver', occasion: Occasion): Promise<AppliedOutcome> {
  const started = performance.now();
  const outcome = await openSession(facts, occasion);
  return applyOutcome({
    attemptId: facts.attemptId,
    outcome,
    actor,
    sent: actor === 'resolver',
    outOfTurn: actor === 'api',
    latencyMs: Math.round(performance.now() - started),
    facts,
  });
}

function openSession(facts: AttemptFacts, occasion: Occasion): Promise<Outcome> {
  const back = `${config().PUBLIC_URL}/checkout/${encodeURIComponent(facts.checkoutId)}`;
  const request = {
    attemptId: facts.attemptId,
    checkoutId: facts.checkoutId,
    orderIds: facts.orders.map((order) => order.paymentOrderId),
    buyerEmail: facts.buyer.email,
    lines: facts.orders.map((order) => ({
      description: order.description || `Order ${order.paymentOrderId}`,
      seller: order.sellerName,
      amount: { amountMinor: order.amountMinor, currency: order.currency },
    })),
    successUrl: `${back}/result`,
    cancelUrl: back,
  };
  return psp().openSession(request, occasion);
}

export interface LockedOrder {
  readonly payment_order_id: string;
  readonly state: OrderState;
  readonly amount_minor: bigint;
  readonly currency: CurrencyCode;
}

/** The orders are locked first, so of two clicks one opens the attempt and the other finds it. */
export async function openOrFindAttempt(tx: Tx, checkoutId: string, keyed: KeyedRun = UNKEYED): Promise<string> {
  const orders = await run<LockedOrder>(tx, {
    text: `select payment_order_id, state, amount_minor, currency from payment_orders
           where checkout_id = $1 order by payment_order_id for no key update`,
    values: [checkoutId],
  });
  const checkout = await getCheckout(checkoutId, tx);
  // It was committed between the two reads: none of its orders is locked, so for this press it does not exist yet.
  if (orders.length === 0) throw new AppError('not_found', 'There is no checkout with this id.');
  const [current] = await run<{ id: string; attempt_no: number; finished: boolean }>(tx, {
    text: 'select id, attempt_no, finished_at is not null as finished from payment_attempts where checkout_id = $1 order by attempt_no desc limit 1',
    values: [checkoutId],
  });
  const { attemptId, writes } = planHostedAttempt(checkout, orders, current);
  // Nothing to write: the attempt of an earlier click is gone back to.
  const reached = writes.length > 0 ? keyed.reach(attemptId) : [];
  for (const statement of [...writes, ...reached]) await run(tx, statement);
  return attemptId;
}

/**
 * The attempt a click on pay leads to: the one under way, or a new one over all orders. Pure; throws `checkout_not_payable`
 * when the checkout is no hosted one, is settled or on its way.
 */
export function planHostedAttempt(
  checkout: Pick<CheckoutView, 'checkoutId' | 'flow' | 'buyer'>,
  orders: readonly LockedOrder[],
  current: { readonly id: string; readonly attempt_no: number; readonly finished: boolean } | undefined,
): { readonly attemptId: string; readonly writes: readonly Statement[] } {
  if (checkout.flow !== 'hosted') throw notPayable();
  if (current && !current.finished) {
    // An earlier attempt brought the money after this one was opened.
    if (!isWanted(orders)) throw notPayable();
    return { attemptId: current.id, writes: [] };
  }
  if (!orders.every((order) => order.state === 'NOT_STARTED' || order.state === 'FAILED')) throw notPayable();
  const attemptId = newId('att');
  const orderIds = orders.map((order) => order.payment_order_id);
  const attempt: NewAttempt = {
    attemptId,
    attemptNo: (current?.attempt_no ?? 0) + 1,
    kind: 'hosted',
    checkoutId: checkout.checkoutId,
    paymentMethod: null,
    cardLast4: null,
    amountMinor: orders.reduce((sum, order) => sum + order.amount_minor, 0n),
    currency: (orders[0] as LockedOrder).currency,
    buyer: checkout.buyer,
    orderIds,
    resolveAt: databaseTime(config().RESOLVE_AFTER_MS),
    sends: 1,
  };
  const start = { orderIds, attemptId, actor: 'shopper', reason: 'the shopper pressed pay' };
  return { attemptId, writes: [...insertAttempts([attempt]), startOrders(start)] };
}

/** The page of an attempt, if it has one and is in the state asked for. */
async function pageOf(attemptId: string, state: AttemptState | null = null): Promise<string | null> {
  const [row] = await run<{ page_url: string | null }>(pool(), {
    text: 'select page_url from payment_attempts where id = $1 and ($2::text is null or state = $2)',
    values: [attemptId, state],
  });
  return row?.page_url ?? null;
}

async function factsOf(attemptId: string): Promise<AttemptFacts> {
  const facts = (await loadAttemptFacts(pool(), [attemptId])).get(attemptId);
  if (!facts) throw notPayable();
  return facts;
}

const isWanted = (orders: readonly { readonly state: OrderState }[]): boolean =>
  orders.some((order) => mayBePaid(order.state));

function notPayable(): AppError {
  return new AppError('checkout_not_payable', 'This checkout is settled or its payment is already on its way.');
}
