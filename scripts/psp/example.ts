interface Door {
  readonly port: number;
  readonly secretKey: string;
}

/** A payment with Stripe's own SDK in ten lines, as `npm run psp` and docs/psp-simulator.md print it. */
export function example({ port, secretKey }: Door): string {
  return `import Stripe from 'stripe';
const stripe = new Stripe('${secretKey}', { host: 'localhost', port: ${port}, protocol: 'http' });
const intent = await stripe.paymentIntents.create(
  { amount: 2999, currency: 'usd', payment_method: 'pm_card_visa', confirm: true, metadata: { attempt_id: 'att_1' } },
  { idempotencyKey: 'att_1' },
);
const found = await stripe.paymentIntents.search({ query: "metadata['attempt_id']:'att_1'" });
const charge = await stripe.charges.retrieve(intent.latest_charge, { expand: ['balance_transaction'] });
console.log(intent.status, found.data[0].id === intent.id, charge.balance_transaction.net);
`;
}

/** What the example prints: the charge less its fee of 2.9 % + 30 cents. */
export const EXAMPLE_PRINTS = 'succeeded true 2882';
