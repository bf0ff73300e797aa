import { showBalance } from './books/balance.ts';
import { renderTransaction } from './books/render-transaction.ts';
import { renderCharge } from './charges/render-charge.ts';
import type {
  BookTransactionRow,
  ChargeRow,
  DisputeRow,
  EndpointRow,
  FaultJournalRow,
  IntentRow,
  RefundRow,
  SessionRow,
} from './database/rows.ts';
import { closeDispute, updateDispute } from './disputes/answer-dispute.ts';
import { showDispute } from './disputes/move-dispute.ts';
import { listEvents, retrieveEvent } from './events/event-handlers.ts';
import type { Access } from './http/authenticate.ts';
import { cancelIntent } from './intents/cancel-intent.ts';
import { confirmExistingIntent } from './intents/confirm-existing-intent.ts';
import { createIntent } from './intents/create-intent.ts';
import { renderIntent } from './intents/render-intent.ts';
import { searchIntents } from './intents/search-intents.ts';
import { showChallenge, submitChallenge } from './intents/three-d-secure-page.ts';
import { list } from './objects/list.ts';
import { retrieve } from './objects/retrieve.ts';
import { answerChallenge, answerChallengeByForm } from './pages/answer-challenge.ts';
import { confirmPage, showPage } from './pages/confirm-page.ts';
import { extendPage } from './pages/extend-page.ts';
import { payByForm } from './pages/pay-by-form.ts';
import { createRefund } from './refunds/create-refund.ts';
import { renderRefund } from './refunds/render-refund.ts';
import type { Handler } from './requests/request.ts';
import { createSession } from './sessions/create-session.ts';
import { expireSession } from './sessions/end-session.ts';
import { listLineItems } from './sessions/list-line-items.ts';
import { renderSession } from './sessions/render-session.ts';
import { auditBooks } from './test-helpers/audit.ts';
import { createDispute, decideDispute } from './test-helpers/dispute-helpers.ts';
import {
  clearFault,
  clearFaults,
  createFault,
  listFaults,
  renderFaultJournal,
} from './test-helpers/fault-endpoints.ts';
import { showJournal } from './test-helpers/journal.ts';
import { showRefundJournal } from './test-helpers/refund-journal.ts';
import { createPaymentMethod } from './vault/create-payment-method.ts';
import { createToken, retrieveToken } from './vault/create-token.ts';
import { createEndpoint, deleteEndpoint, renderEndpoint, updateEndpoint } from './webhooks/endpoint-handlers.ts';
import { listDeliveries } from './webhooks/list-deliveries.ts';

type Routes = Readonly<Record<string, Handler>>;

/** For the merchant's server: the objects of Stripe's API. */
const MERCHANT: Routes = {
  'POST /v1/payment_intents': createIntent,
  'GET /v1/payment_intents': list<IntentRow>({
    url: '/v1/payment_intents',
    table: 'payment_intents',
    render: renderIntent,
  }),
  'GET /v1/payment_intents/search': searchIntents,
  'GET /v1/payment_intents/:id': retrieve('payment_intent', 'pi'),
  'POST /v1/payment_intents/:id/confirm': confirmExistingIntent,
  'POST /v1/payment_intents/:id/cancel': cancelIntent,
  'GET /v1/charges': list<ChargeRow>({
    url: '/v1/charges',
    table: 'charges',
    filters: ['payment_intent'],
    render: renderCharge,
  }),
  'GET /v1/charges/:id': retrieve('charge', 'ch'),
  'POST /v1/refunds': createRefund,
  'GET /v1/refunds': list<RefundRow>({
    url: '/v1/refunds',
    table: 'refunds',
    filters: ['charge', 'payment_intent'],
    render: renderRefund,
  }),
  'GET /v1/refunds/:id': retrieve('refund', 're'),
  'GET /v1/disputes': list<DisputeRow>({
    url: '/v1/disputes',
    table: 'disputes',
    filters: ['charge', 'payment_intent'],
    render: showDispute,
  }),
  'GET /v1/disputes/:id': retrieve('dispute', 'du'),
  'POST /v1/disputes/:id': updateDispute,
  'POST /v1/disputes/:id/close': closeDispute,
  'GET /v1/payment_methods/:id': retrieve('PaymentMethod', 'pm'),
  'GET /v1/tokens/:id': retrieveToken,
  'POST /v1/checkout/sessions': createSession,
  'GET /v1/checkout/sessions': list<SessionRow>({
    url: '/v1/checkout/sessions',
    table: 'checkout_sessions',
    filters: ['client_reference_id', 'payment_intent', 'status'],
    render: renderSession,
  }),
  'GET /v1/checkout/sessions/:id': retrieve('checkout.session', 'cs'),
  'GET /v1/checkout/sessions/:id/line_items': listLineItems,
  'POST /v1/checkout/sessions/:id/expire': expireSession,
  'GET /v1/balance': showBalance,
  'GET /v1/balance_transactions': list<BookTransactionRow>({
    url: '/v1/balance_transactions',
    table: 'book_transactions',
    filters: ['source', 'type', 'currency'],
    render: renderTransaction,
  }),
  'GET /v1/balance_transactions/:id': retrieve('balance transaction', 'txn'),
  'GET /v1/events': listEvents,
  'GET /v1/events/:id': retrieveEvent,
  'POST /v1/webhook_endpoints': createEndpoint,
  'GET /v1/webhook_endpoints': list<EndpointRow>({
    url: '/v1/webhook_endpoints',
    table: 'webhook_endpoints',
    render: renderEndpoint,
  }),
  'GET /v1/webhook_endpoints/:id': retrieve('webhook endpoint', 'we'),
  'POST /v1/webhook_endpoints/:id': updateEndpoint,
  'DELETE /v1/webhook_endpoints/:id': deleteEndpoint,
};

/** For tests and fault desks: what a real PSP would never show or do. */
const TEST_HELPERS: Routes = {
  'GET /v1/test_helpers/journal': showJournal,
  'GET /v1/test_helpers/refund_journal': showRefundJournal,
  'GET /v1/test_helpers/audit': auditBooks,
  'GET /v1/test_helpers/webhook_deliveries': listDeliveries,
  'POST /v1/test_helpers/disputes': createDispute,
  'POST /v1/test_helpers/disputes/:id/decide': decideDispute,
  'POST /v1/test_helpers/faults': createFault,
  'GET /v1/test_helpers/faults': listFaults,
  'DELETE /v1/test_helpers/faults': clearFaults,
  'GET /v1/test_helpers/faults/journal': list<FaultJournalRow>({
    url: '/v1/test_helpers/faults/journal',
    table: 'fault_journal',
    filters: ['kind', 'fault', 'idempotency_key'],
    render: renderFaultJournal,
  }),
  'DELETE /v1/test_helpers/faults/:id': clearFault,
};

/** For pages in the shopper's browser, with the publishable key, from any origin. */
const BROWSER: Routes = {
  'POST /v1/payment_methods': createPaymentMethod,
  'POST /v1/tokens': createToken,
  'GET /v1/payment_pages/:id': showPage,
  'POST /v1/payment_pages/:id/confirm': confirmPage,
  'POST /v1/payment_pages/:id/challenge': answerChallenge,
  'POST /v1/payment_pages/:id/extend': extendPage,
};

/** For a browser that follows links and sends plain forms; an id or a client secret that cannot be guessed is the key. */
const OPEN: Routes = {
  'POST /v1/payment_pages/:id/form': payByForm,
  'POST /v1/payment_pages/:id/challenge_form': answerChallengeByForm,
  'GET /three_d_secure/:id': showChallenge,
  'POST /three_d_secure/:id': submitChallenge,
};

/** Paths that browsers of other origins may call. */
export const CROSS_ORIGIN_PATHS = ['/v1/payment_methods', '/v1/tokens', '/v1/payment_pages/*'] as const;

/** Every route, as method, path, who may call it, and what answers. */
export const ROUTES: readonly (readonly [method: string, path: string, access: Access, handler: Handler])[] = (
  [
    ['secret', MERCHANT],
    ['secret', TEST_HELPERS],
    ['publishable', BROWSER],
    ['open', OPEN],
  ] as const
).flatMap(([access, routes]) =>
  Object.entries(routes).map(([route, handler]) => {
    const [method = '', path = ''] = route.split(' ');
    return [method, path, access, handler] as const;
  }),
);
