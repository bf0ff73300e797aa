import type { PlantedBug } from '../bug.ts';

const REGRESSIONS = 'server/resilience/regressions.db.test.ts';
const OUTCOMES = 'server/payments/outcomes.db.test.ts';
const TAKE = 'server/payments/take-payment.db.test.ts';
const WEBHOOKS = 'server/webhooks/webhooks.db.test.ts';

/** Talking to the provider, hearing from it, and what is told on. */
export const PROVIDER_BUGS: readonly PlantedBug[] = [
  {
    id: 'acknowledged-before-commit',
    what: 'a payment is answered before it is in the database',
    patches: [
      {
        file: 'server/payments/take-payment.ts',
        find: '  const accepted = await acceptPayment({ principal, request });\n',
        replace: `  if (waitMs === 0) {
    const { checkoutId, buyer } = request;
    void acceptPayment({ principal, request }).then(
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
  const accepted = await acceptPayment({ principal, request });
`,
      },
    ],
    tests: [REGRESSIONS],
  },
  {
    id: 'webhook-answered-before-stored',
    what: 'a webhook is answered 200 before it is stored',
    patches: [
      {
        file: 'server/webhooks/receive-webhook.ts',
        find: '  await inboxLane().submit(',
        replace: '  void inboxLane().submit(',
      },
    ],
    tests: [REGRESSIONS, WEBHOOKS],
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
        file: 'server/payments/decide-outcome.ts',
        find: "    orderEvent: 'answer_unknown',\n    reason,\n",
        replace: "    orderEvent: 'answer_unknown',\n    reason,\n    tryAgainAt: resolveAt,\n",
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
        file: 'server/payments/decide-outcome.ts',
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
        file: 'server/payments/resolve-attempts.ts',
        find: 'where finished_at is null and resolve_at <= now()',
        replace: "where finished_at is null and resolve_at <= now() - interval '1 day'",
      },
    ],
    tests: [OUTCOMES],
  },
  {
    id: 'inbox-not-deduplicated',
    what: 'the same event is stored as often as it is sent',
    patches: [
      {
        file: 'server/webhooks/receive-webhook.ts',
        find: '      (webhook) => webhook.eventId,\n',
        replace: '      (webhook) => webhook.eventId + performance.now(),\n',
      },
    ],
    tests: [WEBHOOKS],
  },
  {
    id: 'inbox-done-before-applied',
    what: 'an event is marked as handled in a transaction of its own before it is applied',
    patches: [
      {
        file: 'server/webhooks/handle-inbox.ts',
        find: '  await apply(reports,',
        replace: '  await markUnneeded(reports);\n  await apply(reports,',
      },
    ],
    tests: [WEBHOOKS],
  },
  {
    id: 'signature-over-parsed-body',
    core: true,
    what: 'the signature is compared with the body as it is written again, not with its bytes',
    patches: [
      {
        file: 'server/psp/read-webhook.ts',
        find: 'Stripe.webhooks.constructEvent(rawBody, signature',
        replace: 'Stripe.webhooks.constructEvent(JSON.stringify(JSON.parse(rawBody.toString())), signature',
      },
    ],
    tests: [WEBHOOKS],
  },
  {
    id: 'signature-unchecked',
    core: true,
    what: 'a body is believed without its signature',
    patches: [
      {
        file: 'server/psp/read-webhook.ts',
        find: "Stripe.webhooks.constructEvent(rawBody, signature ?? '', secret, TOLERANCE_SECONDS);",
        replace: 'JSON.parse(rawBody.toString()) as Stripe.Event;',
      },
    ],
    tests: [WEBHOOKS],
  },
  {
    id: 'signature-for-ever',
    core: true,
    what: 'a signature never grows too old, so that a webhook can be replayed',
    patches: [
      {
        file: 'server/psp/read-webhook.ts',
        find: 'const TOLERANCE_SECONDS = 300;',
        replace: 'const TOLERANCE_SECONDS = 300_000_000;',
      },
    ],
    tests: [WEBHOOKS],
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
];
