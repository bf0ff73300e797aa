import { Badge } from '../ui/badge.tsx';
import {
  ATTEMPT_STATUS,
  type AttemptStatus,
  DISPUTE_STATUS,
  type DisputeStatus,
  EVENT_STATUS,
  type EventStatus,
  ORDER_STATUS,
  type OrderStatus,
  PAYOUT_STATUS,
  type PayoutStatus,
  REFUND_STATUS,
  type RefundStatus,
  type StatusLook,
} from './statuses.ts';

/** Icon, word and colour of any status; the title says what happens next. Build further badges from a `StatusLook`. */
export function StatusBadge({ look, className }: { readonly look: StatusLook; readonly className?: string }) {
  const Icon = look.icon;
  return (
    <Badge tone={look.tone} title={look.meaning} className={className}>
      <Icon aria-hidden />
      {look.word}
    </Badge>
  );
}

/** `unknown` wins: the public status of an unknown order is EXECUTING, but people must see that it is being checked. */
export function OrderStatusBadge({
  status,
  unknown = false,
  className,
}: {
  readonly status: OrderStatus;
  readonly unknown?: boolean;
  readonly className?: string;
}) {
  return <StatusBadge look={unknown ? ORDER_STATUS.UNKNOWN : ORDER_STATUS[status]} className={className} />;
}

export function EventStatusBadge({ status, className }: { readonly status: EventStatus; readonly className?: string }) {
  return <StatusBadge look={EVENT_STATUS[status]} className={className} />;
}

export function AttemptStatusBadge({
  status,
  className,
}: {
  readonly status: AttemptStatus;
  readonly className?: string;
}) {
  return <StatusBadge look={ATTEMPT_STATUS[status]} className={className} />;
}

export function DisputeStatusBadge({ status }: { readonly status: DisputeStatus }) {
  return <StatusBadge look={DISPUTE_STATUS[status]} />;
}

export function RefundStatusBadge({ status }: { readonly status: RefundStatus }) {
  return <StatusBadge look={REFUND_STATUS[status]} />;
}

export function PayoutStatusBadge({ status }: { readonly status: PayoutStatus }) {
  return <StatusBadge look={PAYOUT_STATUS[status]} />;
}
