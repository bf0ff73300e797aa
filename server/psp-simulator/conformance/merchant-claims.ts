import type Stripe from 'stripe';
import type { Claim } from './claims.ts';

const pay = async (stripe: Stripe, payment_method = 'pm_card_visa') =>
  stripe.paymentIntents.create({ amount: 2_999, currency: 'usd', payment_method, confirm: true });

/** A fresh dispute, by the bank's own hand. */
export async function dispute(stripe: Stripe): Promise<{ dispute: string }> {
  const { latest_charge } = await pay(stripe);
  const opened = await stripe.rawRequest('POST', '/v1/test_helpers/disputes', { charge: latest_charge });
  return { dispute: (opened as unknown as { id: string }).id };
}

const hook = { url: 'https://shop.example/hook', enabled_events: ['charge.succeeded' as const] };

export const MERCHANT_CLAIMS: readonly Claim[] = [
  {
    endpoint: 'POST /v1/refunds',
    level: 'same',
    note: "for a charge or a payment intent, whole or in parts. Refunds at the same time never come to more than the charge: too much is Stripe's 400 for `amount`, a charge with nothing left is `charge_already_refunded`",
    object: 'refund',
    prepare: async (stripe) => ({ intent: (await pay(stripe)).id }),
    ask: (stripe, { intent }, options) =>
      stripe.refunds.create({ payment_intent: intent, amount: 100, reason: 'duplicate' }, options),
  },
  {
    endpoint: 'GET /v1/refunds',
    level: 'same',
    note: 'the list can be asked by `charge` and `payment_intent`',
    object: 'list',
    ask: (stripe, { intent }) => stripe.refunds.list({ payment_intent: intent, limit: 3 }),
  },
  {
    endpoint: 'GET /v1/refunds/:id',
    level: 'same',
    object: 'refund',
    ask: (stripe, { refund }) => stripe.refunds.retrieve(refund),
  },
  {
    endpoint: 'POST /v1/refunds/:id',
    level: 'same',
    note: 'metadata',
    object: 'refund',
    ask: (stripe, { refund }, options) => stripe.refunds.update(refund, { metadata: { note: 'called' } }, options),
  },
  {
    endpoint: 'POST /v1/refunds/:id/cancel',
    level: 'differs',
    note: 'Stripe calls back only refunds that wait for the shopper (`requires_action`); here those that are `pending`',
    object: 'refund',
    prepare: async (stripe) => {
      const { id } = await pay(stripe, 'pm_card_pendingRefund');
      return { refund: (await stripe.refunds.create({ payment_intent: id })).id };
    },
    ask: (stripe, { refund }, options) => stripe.refunds.cancel(refund, {}, options),
  },
  {
    endpoint: 'GET /v1/disputes',
    level: 'same',
    note: 'the list can be asked by `charge` and `payment_intent`',
    object: 'list',
    ask: (stripe) => stripe.disputes.list({ limit: 3 }),
  },
  {
    endpoint: 'GET /v1/disputes/:id',
    level: 'same',
    object: 'dispute',
    ask: (stripe, { dispute }) => stripe.disputes.retrieve(dispute),
  },
  {
    endpoint: 'POST /v1/disputes/:id',
    level: 'differs',
    note: 'uploads are named by any text, enhanced evidence is not taken. Evidence is sent once',
    object: 'dispute',
    prepare: dispute,
    ask: (stripe, { dispute }, options) =>
      stripe.disputes.update(dispute, { evidence: { uncategorized_text: 'winning_evidence' }, submit: true }, options),
  },
  {
    endpoint: 'POST /v1/disputes/:id/close',
    level: 'same',
    note: 'the dispute is lost. An inquiry cannot be closed; it is refunded or answered',
    object: 'dispute',
    prepare: dispute,
    ask: (stripe, { dispute }, options) => stripe.disputes.close(dispute, {}, options),
  },
  {
    endpoint: 'GET /v1/balance',
    level: 'same',
    note: 'pending and available per currency, summed from the entries; with `Stripe-Account`, of that account',
    object: 'balance',
    ask: (stripe) => stripe.balance.retrieve(),
  },
  {
    endpoint: 'GET /v1/balance_transactions',
    level: 'same',
    note: 'of types `charge`, `refund`, `refund_failure`, `adjustment`, `payout`, `payout_failure`, `payout_cancel`, `transfer`, `transfer_refund`, and on connected accounts `payment`, `payment_refund`. Asked by `type`, `source`, `currency`, `payout`, `created`, `available_on`; the own transaction of a payout is among its items',
    object: 'list',
    ask: (stripe) => stripe.balanceTransactions.list({ limit: 3 }),
  },
  {
    endpoint: 'GET /v1/balance_transactions/:id',
    level: 'same',
    object: 'balance_transaction',
    ask: (stripe, { transaction }) => stripe.balanceTransactions.retrieve(transaction),
  },
  {
    endpoint: 'GET /v1/events',
    level: 'differs',
    note: 'kept for ever (Stripe: 30 days)',
    object: 'list',
    ask: (stripe) => stripe.events.list({ type: 'charge.succeeded', limit: 3 }),
  },
  {
    endpoint: 'GET /v1/events/:id',
    level: 'same',
    object: 'event',
    ask: (stripe, { event }) => stripe.events.retrieve(event),
  },
  {
    endpoint: 'POST /v1/events/:id/retry',
    level: 'same',
    note: 'as `stripe events resend`: to all endpoints that ask for its type, or to one (`webhook_endpoint`)',
    object: 'event',
    ask: (stripe, { event }, options) => stripe.rawRequest('POST', `/v1/events/${event}/retry`, {}, options),
    withoutMock: true,
  },
  {
    endpoint: 'POST /v1/webhook_endpoints',
    level: 'same',
    object: 'webhook_endpoint',
    ask: (stripe, _, options) => stripe.webhookEndpoints.create(hook, options),
  },
  {
    endpoint: 'GET /v1/webhook_endpoints',
    level: 'same',
    object: 'list',
    ask: (stripe) => stripe.webhookEndpoints.list({ limit: 3 }),
  },
  {
    endpoint: 'GET /v1/webhook_endpoints/:id',
    level: 'same',
    object: 'webhook_endpoint',
    ask: (stripe, { endpoint }) => stripe.webhookEndpoints.retrieve(endpoint),
  },
  {
    endpoint: 'POST /v1/webhook_endpoints/:id',
    level: 'same',
    object: 'webhook_endpoint',
    ask: (stripe, { endpoint }, options) =>
      stripe.webhookEndpoints.update(endpoint, { description: 'of the conformance suite' }, options),
  },
  {
    endpoint: 'DELETE /v1/webhook_endpoints/:id',
    level: 'same',
    object: 'webhook_endpoint',
    prepare: async (stripe) => ({ endpoint: (await stripe.webhookEndpoints.create(hook)).id }),
    ask: (stripe, { endpoint }) => stripe.webhookEndpoints.del(endpoint),
  },
];
