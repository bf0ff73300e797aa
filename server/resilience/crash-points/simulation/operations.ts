import { isConnectionLost, pool } from '#db';
import { AppError } from '#kernel';
import {
  type CheckoutView,
  cancelCheckout,
  createCheckout,
  drainPayments,
  type PaymentRequest,
  retryPayment,
  startHostedPayment,
  takePayment,
} from '#payments';
import { retryRefund } from '#refunds';
import { callApi, paymentBody } from '../flows/call-api.ts';
import { unless } from '../flows/unless.ts';
import { recoverOnce } from '../recovery.ts';
import { deliver, PRINCIPAL, type ProviderEvent } from '../stage.ts';
import type { Operation, PlannedOrder } from './plan.ts';

/** What the process of the product does in one round, side by side. */
export interface Work {
  readonly prefix: string;
  readonly operations: readonly Operation[];
  /** The operations that opened the checkouts that these are about. */
  readonly openings: Readonly<Record<number, Extract<Operation, { kind: 'pay' }>>>;
  readonly webhooks: readonly ProviderEvent[];
}

/** State per order as some caller was told it. */
export type Told = Readonly<Record<string, string>>;

export function requestOf(prefix: string, nth: number, token: string, orders: readonly PlannedOrder[]): PaymentRequest {
  const checkoutId = `${prefix}c${nth}`;
  return {
    checkoutId,
    buyer: { userId: 'shared.buyer', email: 'buyer@example.com', name: 'John Doe' },
    payment: { token, last4: '4242' },
    orders: orders.map(({ seller, amountMinor }, index) => ({
      paymentOrderId: `${checkoutId}.o${index + 1}`,
      sellerAccount: `shared.seller${seller}`,
      amount: { amountMinor: BigInt(amountMinor), currency: 'USD' },
    })),
  };
}

/** Does it all at once, with the worker's loops beside it. Being refused is an answer, and so is that the database is away; all else is thrown. */
export async function work({ prefix, operations, openings, webhooks }: Work): Promise<Told> {
  const told: Record<string, string> = {};
  const hear = (view: CheckoutView) => {
    for (const order of view.orders) told[order.paymentOrderId] = order.status;
  };
  const settled = await Promise.allSettled([
    ...operations.map((operation) => perform(prefix, operation, openings, hear)),
    ...webhooks.map((event) => deliver(event)),
    recoverOnce(),
  ]);
  await drainPayments();
  for (const one of settled) if (one.status === 'rejected' && !isAnswer(one.reason)) throw one.reason;
  return told;
}

function isAnswer(error: unknown): boolean {
  return error instanceof AppError || isConnectionLost(error);
}

async function perform(
  prefix: string,
  operation: Operation,
  openings: Work['openings'],
  hear: (view: CheckoutView) => void,
): Promise<void> {
  const checkoutId = `${prefix}c${operation.nth}`;
  switch (operation.kind) {
    case 'pay':
    case 'pay-again': {
      const opening = operation.kind === 'pay' ? operation : openings[operation.nth];
      if (opening) await pay(prefix, opening, hear);
      return;
    }
    case 'retry':
      hear(await retryPayment(`${checkoutId}.o1`, { token: operation.token }, PRINCIPAL, { waitMs: 0 }));
      return;
    case 'open': {
      const { payment: _, ...input } = requestOf(prefix, operation.nth, '', operation.orders);
      hear(await createCheckout(input, PRINCIPAL));
      return;
    }
    case 'press':
      await startHostedPayment(checkoutId);
      return;
    case 'cancel':
      hear(await cancelCheckout(checkoutId));
      return;
    case 'retry-refund':
      await retryRefundsOf(checkoutId);
      return;
    case 'pay-page':
    case 'expire':
    case 'mistake':
    case 'refunds-end':
      // The shopper and the provider's clock need nobody of ours.
      return;
  }
}

async function retryRefundsOf(checkoutId: string): Promise<void> {
  const { rows } = await pool().query<{ id: string }>(
    `select r.id from refunds r join payment_attempts a on a.id = r.attempt_id
     where a.checkout_id = $1 and r.state in ('FAILED', 'FAILED_LATE') order by r.id`,
    [checkoutId],
  );
  for (const { id } of rows) await unless(retryRefund(id, 'user:1', 'tried again'), 'not_found');
}

async function pay(
  prefix: string,
  { nth, token, orders, keyed }: Extract<Operation, { kind: 'pay' }>,
  hear: (view: CheckoutView) => void,
): Promise<void> {
  const request = requestOf(prefix, nth, token, orders);
  if (!keyed) {
    hear((await takePayment(request, PRINCIPAL, { waitMs: 0 })).checkout);
    return;
  }
  const response = await callApi('/payments', paymentBody(request), {
    'idempotency-key': `${request.checkoutId}.key`,
    prefer: 'respond-async',
  });
  if (response.status >= 500 && response.status !== 503) throw new Error(`POST /payments answered ${response.status}`);
}
