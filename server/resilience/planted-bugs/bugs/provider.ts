import type { PlantedBug } from '../bug.ts';

const REGRESSIONS = 'server/resilience/regressions.db.test.ts';
const OUTCOMES = 'server/payments/outcomes.db.test.ts';
const TAKE = 'server/payments/take-payment.db.test.ts';

/** Talking to the provider, and what is told on. */
export const PROVIDER_BUGS: readonly PlantedBug[] = [
  {
    id: 'acknowledged-before-commit',
    what: 'a payment is answered before it is in the database',
    patches: [
      {
        file: 'server/payments/take-payment.ts',
        find: '  const accepted = await acceptPayment({ principal, request, keyed });\n',
        replace: `  if (waitMs === 0) {
    const { checkoutId, buyer } = request;
    void acceptPayment({ principal, request, keyed }).then(
      (one) => (one.kind === 'new' ? executeInBackground(checkoutId, one.attempts) : []),
      () => [],
    );
    const orders = request.orders.map((order): OrderSnapshot => ({
      paymentOrderId: order.paymentOrderId, sellerId: order.sellerAccount, sellerName: order.sellerAccount,
      description: '', amountMinor: order.amount.amountMinor, currency: order.amount.currency,
      state: 'EXECUTING', attemptNo: 1, attemptState: 'PENDING', declineCode: null, pageUrl: null,
    }));
    const header = { checkoutId, flow: 'direct' as const, principal, buyer, createdAt: new Date() };
    return { checkout: composeCheckout(header, orders), replayed: false, settled: false };
  }
  const accepted = await acceptPayment({ principal, request, keyed });
`,
      },
    ],
    tests: [REGRESSIONS],
  },
  {
    id: 'new-key-on-resend',
    what: 'every send of an attempt has a key of its own, so that the provider takes it for another payment',
    patches: [
      {
        file: 'server/psp/stripe-psp.ts',
        find: 'stripe.paymentIntents.create(chargeParams(request), { idempotencyKey: request.attemptId }),',
        replace:
          'stripe.paymentIntents.create(chargeParams(request), { idempotencyKey: request.attemptId + performance.now() }),',
      },
    ],
    flow: 'payment',
    tests: [OUTCOMES, TAKE],
  },
  {
    id: 'same-key-after-decline',
    what: 'a new attempt after a definite decline is sent under the key of the declined one',
    patches: [
      {
        file: 'server/psp/stripe-psp.ts',
        find: 'stripe.paymentIntents.create(chargeParams(request), { idempotencyKey: request.attemptId }),',
        replace: 'stripe.paymentIntents.create(chargeParams(request), { idempotencyKey: request.orderIds.join() }),',
      },
    ],
    tests: [TAKE],
  },
  {
    id: 'failed-on-silence',
    what: 'no answer in time is taken for a decline',
    patches: [
      {
        file: 'server/psp/classify-error.ts',
        find: "return { kind: 'unknown', reason: code || 'connection_lost' };",
        replace: "return { kind: 'declined', code: 'timeout', message: code, pspPaymentId: null, tryAgain: false };",
      },
    ],
    tests: ['server/psp/classify-error.test.ts', OUTCOMES],
  },
  {
    id: 'sent-again-without-asking',
    what: 'an attempt in the dark is sent again without asking what became of it',
    patches: [
      {
        file: 'server/payments/resolve-attempts.ts',
        find: '  const answer = await psp().enquire({',
        replace:
          "  if (attempt.kind === 'direct') return executeAttempt(facts, 'resolver');\n  const answer = await psp().enquire({",
      },
    ],
    tests: [REGRESSIONS],
  },
  {
    id: 'next-attempt-while-unknown',
    core: true,
    what: 'a second attempt is made while the first one may still have been charged',
    patches: [
      {
        file: 'server/payments/decide-silence.ts',
        find: "    orderEvent: 'answer_unknown',\n",
        replace: "    orderEvent: 'answer_unknown',\n    tryAgainAt: change.resolveAt,\n",
      },
    ],
    tests: [OUTCOMES],
  },
  {
    id: 'given-up-in-silence',
    core: true,
    what: 'an attempt that nobody asks about any more is told to nobody',
    patches: [
      {
        file: 'server/payments/decide-silence.ts',
        find: "    deadLetter: 'outcome_unknown',\n",
        replace: '',
      },
    ],
    tests: [OUTCOMES],
  },
  {
    id: 'poller-off',
    what: 'nobody asks about attempts that stay silent',
    patches: [
      {
        file: 'server/payments/due-attempts.ts',
        find: 'where finished_at is null and resolve_at <= now() and',
        replace: "where finished_at is null and resolve_at <= now() - interval '1 day' and",
      },
    ],
    flow: 'payment',
    tests: [OUTCOMES],
  },
  {
    id: 'settled-again-is-news',
    core: true,
    what: 'news that changes nothing writes a transition from a state to itself',
    patches: [
      {
        file: 'server/payments/locked-payments.ts',
        find: '    for (const to of steps) {\n',
        replace: '    for (const to of steps.length > 0 ? steps : [order.state]) {\n',
      },
    ],
    tests: [OUTCOMES],
  },
  {
    id: 'outbox-not-written',
    core: true,
    what: 'what became of an order is not told on',
    patches: [
      {
        file: 'server/payments/locked-payments.ts',
        find: '      ...insertOutbox(this.#outbox),\n',
        replace: '',
      },
    ],
    tests: [REGRESSIONS],
  },
  {
    id: 'paid-order-tried-again',
    core: true,
    what: 'an order that an earlier attempt paid gets one more attempt',
    patches: [
      {
        file: 'server/payments/apply-outcomes.ts',
        find: 'if (decision.tryAgainAt && isWanted)',
        replace: 'if (decision.tryAgainAt && (isWanted || !isWanted))',
      },
    ],
    tests: [REGRESSIONS],
  },
  {
    id: 'review-never-ends',
    core: true,
    what: 'an order in review stays there when its page expires',
    patches: [
      {
        file: 'server/payments/order-state.ts',
        find: "    REQUIRES_ACTION: ['EXPIRED'],\n    UNKNOWN: ['FAILED'],\n    MANUAL_REVIEW: ['FAILED'],\n",
        replace: "    REQUIRES_ACTION: ['EXPIRED'],\n    UNKNOWN: ['FAILED'],\n",
      },
    ],
    tests: ['server/payments/order-state.test.ts'],
  },
  {
    id: 'refused-question-fails',
    what: 'a question that the provider refuses (a revoked key) ends the attempt that it was about',
    patches: [
      {
        file: 'server/psp/classify-error.ts',
        find: "  return outcome.kind === 'refused' || outcome.kind === 'declined'\n    ?",
        replace: "  return outcome.kind === 'declined'\n    ?",
      },
    ],
    tests: ['server/payments/outcomes.db.test.ts'],
  },
];
