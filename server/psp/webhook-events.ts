/** The event types that are read; a provider is asked to send no others. */
export const WEBHOOK_EVENTS = [
  'payment_intent.succeeded',
  'payment_intent.requires_action',
  'payment_intent.processing',
  'payment_intent.canceled',
  'payment_intent.payment_failed',
  'checkout.session.expired',
  'checkout.session.completed',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'charge.dispute.closed',
] as const;
