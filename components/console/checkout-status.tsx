import { EventStatusBadge, OrderStatusBadge } from '../status/status-badge.tsx';
import type { EventStatus, OrderStatus } from '../status/statuses.ts';

/** States of a single order that the reader has to see even when the checkout as a whole is told in another word. */
const SHOWN_FIRST: readonly OrderStatus[] = [
  'UNKNOWN',
  'MANUAL_REVIEW',
  'LATE_SUCCESS',
  'AUTO_REFUNDING',
  'REQUIRES_ACTION',
  'CANCELLED',
];

export interface CheckoutStatusProps {
  readonly status: EventStatus;
  readonly states: readonly OrderStatus[];
}

/** The status of a checkout for staff: what needs attention is told before the sum. */
export function CheckoutStatus({ status, states }: CheckoutStatusProps) {
  const pressing = SHOWN_FIRST.find((state) => states.includes(state));
  return pressing ? <OrderStatusBadge status={pressing} /> : <EventStatusBadge status={status} />;
}
