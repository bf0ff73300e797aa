import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import Stripe from 'stripe';
import { assertNoOpenTransaction } from '#db';
import { checkpoint } from '#kernel';
import type { AnyOutcome } from './any-outcome.ts';
import { balanceVerbs } from './balance-verbs.ts';
import { createCallGuard, type GuardedCall, MAX_CALLS } from './call-guard.ts';
import { classifyEnquiryError, classifyError } from './classify-error.ts';
import { disputeCalls } from './dispute-calls.ts';
import type { Enquiry, Outcome } from './outcome.ts';
import type { AttemptRef, ChargeRequest, Psp, SessionRequest } from './port.ts';
import { readIntent, readSession } from './read-answer.ts';
import { readRefund, refundEnquiryError, refundError, refundIdOf } from './read-refund.ts';
import type { RefundEnquiry, RefundOutcome, RefundRef, RefundRequest } from './refund-outcome.ts';
import { reportVerbs } from './report-verbs.ts';
import { createPayoutCalls } from './stripe-payouts.ts';

export interface StripePspOptions {
  readonly mode: 'simulator' | 'stripe-mock' | 'stripe-test';
  readonly baseUrl: string;
  readonly secretKey: string;
  /** Milliseconds until an unanswered call counts as unknown. */
  readonly timeoutMs: number;
}

/**
 * The one adapter: the official SDK, pointed at the simulator, stripe-mock or Stripe's test mode. Its own retries are off, save
 * one that cannot be: after a connection was cut it sends the call once more, under the same key.
 */
export function createStripePsp(options: StripePspOptions): Psp {
  const stripe = createClient(options);
  const guard = createCallGuard();

  async function call<T, Known extends AnyOutcome = Outcome>(
    what: GuardedCall,
    work: () => Promise<T>,
    read: (answer: T) => Known,
    readError: (error: unknown) => Known,
  ) {
    assertNoOpenTransaction();
    return guard.run(what, async () => {
      await checkpoint('provider:before');
      const outcome = await work().then(read).catch(readError);
      await checkpoint('provider:after');
      return outcome;
    });
  }

  return {
    charge: (request, occasion = 'first') =>
      call(
        { verb: 'charge', occasion },
        () => stripe.paymentIntents.create(chargeParams(request), { idempotencyKey: request.attemptId }),
        readIntent,
        classifyError,
      ),

    openSession: (request, occasion = 'first') =>
      call(
        { verb: 'open_session', occasion },
        () => stripe.checkout.sessions.create(sessionParams(request), { idempotencyKey: request.attemptId }),
        readSession,
        classifyError,
      ),

    async expireSession(ref) {
      const outcome = await call(
        { verb: 'expire_session', occasion: 'first' },
        () => stripe.checkout.sessions.expire(ref.pspSessionId ?? '', { expand: ['payment_intent'] }),
        (session): Outcome => (session.status === 'expired' ? { kind: 'cancelled' } : readSession(session)),
        classifyError,
      );
      // A session that was paid or closed in the same moment cannot be expired: its true state is what counts.
      return outcome.kind === 'refused' ? this.enquire(ref) : outcome;
    },

    async enquire(ref, occasion = 'first') {
      let absent = false;
      const outcome = await call(
        { verb: 'enquire', occasion },
        () => findAnswer(stripe, ref),
        (answer): Outcome => {
          if (answer) return answer;
          absent = true;
          return { kind: 'unknown', reason: 'absent' };
        },
        classifyEnquiryError,
      );
      if (!absent && occasion === 'look') guard.giveBackRepeat();
      return absent ? ({ kind: 'absent' } satisfies Enquiry) : outcome;
    },

    refund: (request, occasion = 'first') =>
      call(
        { verb: 'refund', occasion },
        () => stripe.refunds.create(refundParams(request), { idempotencyKey: request.refundId }),
        readRefund,
        refundError,
      ),

    async enquireRefund(ref, occasion = 'first') {
      let absent = false;
      const outcome = await call(
        { verb: 'enquire_refund', occasion },
        () => findRefund(stripe, ref),
        (refund): RefundOutcome => {
          if (refund) return readRefund(refund);
          absent = true;
          return { kind: 'unknown', reason: 'absent' };
        },
        refundEnquiryError,
      );
      if (!absent && occasion === 'look') guard.giveBackRepeat();
      return absent ? ({ kind: 'absent' } satisfies RefundEnquiry) : outcome;
    },

    ...createPayoutCalls(stripe, call, () => guard.giveBackRepeat()),
    ...balanceVerbs(stripe, call),
    ...disputeCalls(stripe, call),
    ...reportVerbs(stripe, call, options),
    health: () => ({ ...guard.breaker(), mode: options.mode }),
    room: guard.room,
  };
}

function createClient({ baseUrl, secretKey, timeoutMs, mode }: StripePspOptions): Stripe {
  const url = new URL(mode === 'stripe-test' ? 'https://api.stripe.com' : baseUrl);
  const secure = url.protocol === 'https:';
  const agentOptions = { keepAlive: true, maxSockets: MAX_CALLS };
  return new Stripe(secretKey, {
    host: url.hostname,
    port: url.port || (secure ? 443 : 80),
    protocol: secure ? 'https' : 'http',
    httpAgent: secure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions),
    timeout: timeoutMs,
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

function chargeParams(request: ChargeRequest): Stripe.PaymentIntentCreateParams {
  return {
    amount: Number(request.amount.amountMinor),
    currency: request.amount.currency.toLowerCase(),
    payment_method: request.paymentMethod,
    confirm: true,
    metadata: metadataOf(request),
  };
}

function sessionParams(request: SessionRequest): Stripe.Checkout.SessionCreateParams {
  const metadata = metadataOf(request);
  return {
    mode: 'payment',
    client_reference_id: request.attemptId,
    customer_email: request.buyerEmail,
    success_url: request.successUrl,
    cancel_url: request.cancelUrl,
    metadata,
    payment_intent_data: { metadata },
    line_items: request.lines.map((line) => ({
      quantity: 1,
      price_data: {
        currency: line.amount.currency.toLowerCase(),
        unit_amount: Number(line.amount.amountMinor),
        product_data: { name: line.description, metadata: { seller: line.seller } },
      },
    })),
  };
}

/** Travels with every charge, so that whatever the PSP tells can be led back to our attempt. Values are capped by Stripe at 500 characters. */
function metadataOf({
  attemptId,
  checkoutId,
  orderIds,
}: {
  attemptId: string;
  checkoutId: string;
  orderIds: readonly string[];
}): Record<string, string> {
  return { attempt_id: attemptId, checkout_id: checkoutId, order_ids: orderIds.join(',').slice(0, 500) };
}

async function findAnswer(stripe: Stripe, ref: AttemptRef): Promise<Outcome | null> {
  if (ref.kind === 'hosted') return findSession(stripe, ref);
  if (ref.pspPaymentId)
    return readIntent(await stripe.paymentIntents.retrieve(ref.pspPaymentId, { expand: ['latest_charge'] }));
  const found = await stripe.paymentIntents.search({ query: `metadata['attempt_id']:'${ref.attemptId}'`, limit: 1 });
  return found.data[0] ? readIntent(found.data[0]) : null;
}

async function findSession(stripe: Stripe, ref: AttemptRef): Promise<Outcome | null> {
  const expand = ['payment_intent'];
  if (ref.pspSessionId) return readSession(await stripe.checkout.sessions.retrieve(ref.pspSessionId, { expand }));
  const byReference: Record<string, unknown> = {
    client_reference_id: ref.attemptId,
    limit: 1,
    expand: ['data.payment_intent'],
  };
  const found = await stripe.checkout.sessions.list(byReference as Stripe.Checkout.SessionListParams);
  const session = found.data.find((one) => one.client_reference_id === ref.attemptId);
  return session ? readSession(session) : null;
}

function refundParams({ refundId, attemptId, pspPaymentId, amount }: RefundRequest): Stripe.RefundCreateParams {
  return {
    payment_intent: pspPaymentId,
    amount: Number(amount.amountMinor),
    metadata: { refund_id: refundId, attempt_id: attemptId },
  };
}

/** Refunds of one payment on a page; a payment has few, and all of them are looked through. */
const REFUNDS_ON_A_PAGE = 100;

async function findRefund(stripe: Stripe, ref: RefundRef): Promise<Stripe.Refund | null> {
  if (ref.pspRefundId) return stripe.refunds.retrieve(ref.pspRefundId);
  const all = stripe.refunds.list({ payment_intent: ref.pspPaymentId, limit: REFUNDS_ON_A_PAGE });
  for await (const refund of all) if (refundIdOf(refund) === ref.refundId) return refund;
  return null;
}
