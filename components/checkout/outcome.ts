import type { CheckoutView } from './checkout-view.ts';

/** What the shopper has to know about a checkout; several internal states can mean the same to them. */
export type Outcome =
  | 'paid'
  | 'partly-paid'
  | 'confirming'
  | 'checking'
  | 'refunding'
  | 'cancelled'
  | 'expired'
  | 'failed';

/** Reads the outcome from the server's state; nothing the browser believes takes part. */
export function outcomeOf({ status, orders }: CheckoutView): Outcome {
  if (status === 'COMPLETED') return 'paid';
  if (status === 'PARTIALLY_COMPLETED') return 'partly-paid';
  if (orders.some((order) => order.status === 'LATE_SUCCESS' || order.status === 'AUTO_REFUNDING')) return 'refunding';
  if (orders.some((order) => order.unknown || order.status === 'UNKNOWN' || order.status === 'MANUAL_REVIEW'))
    return 'checking';
  if (status === 'NOT_STARTED' || status === 'PROCESSING') return 'confirming';
  if (orders.some((order) => order.status === 'FAILED')) return 'failed';
  return orders.every((order) => order.status === 'CANCELLED') ? 'cancelled' : 'expired';
}

/** Whether the state can still change by itself, so that watching it makes sense. */
export function isSettled(outcome: Outcome): boolean {
  return outcome !== 'confirming' && outcome !== 'checking';
}
