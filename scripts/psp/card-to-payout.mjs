// From a card to money in the bank, with Stripe's own SDK and nothing else. Start the simulator with `npm run psp`, then:
//   node scripts/psp/card-to-payout.mjs [http://localhost:4010] [sk_test_…]
// It ends with 0 only if all of it was as it says.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import Stripe from 'stripe';

const [url = 'http://localhost:4010', key = 'sk_test_simulator_platform_secret_key'] = process.argv.slice(2);
const { hostname: host, port } = new URL(url);
const stripe = new Stripe(key, { host, port, protocol: 'http' });
const usd = (cents) => `${(cents / 100).toFixed(2)} USD`;

// Webhooks: an endpoint of our own. What the secret of the endpoint did not sign is refused, and never looked at.
const events = [];
const news = new EventEmitter();
const server = createServer(async (request, response) => {
  try {
    events.push(
      stripe.webhooks.constructEvent(await text(request), request.headers['stripe-signature'], endpoint.secret),
    );
    response.writeHead(200).end();
    news.emit('event');
  } catch {
    response.writeHead(400).end();
  }
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const endpointUrl = `http://127.0.0.1:${server.address().port}/webhooks`;
const endpoint = await stripe.webhookEndpoints.create({
  url: endpointUrl,
  enabled_events: ['payment_intent.succeeded', 'payment_intent.payment_failed', 'payout.paid'],
});

/** Waits for the signed event of this type about this object. */
async function told(type, id) {
  for (const signal = AbortSignal.timeout(30_000); ; await once(news, 'event', { signal })) {
    const event = events.find((one) => one.type === type && one.data.object.id === id);
    if (event) return event;
  }
}

/** The simulator's time is real until somebody moves it; all that falls due on the way is done when this answers. */
const wait = (to) => stripe.rawRequest('POST', '/v1/test_helpers/clock', { to });

/** A payment by card. The idempotency key makes it one payment, however often the call is sent. */
const pay = (amount, payment_method) =>
  stripe.paymentIntents.create(
    { amount, currency: 'usd', payment_method, confirm: true, expand: ['latest_charge.balance_transaction'] },
    { idempotencyKey: randomUUID() },
  );

/** A payout on its way until it is paid, and the webhook that says so. */
async function arrives(payout, options) {
  assert.equal(payout.status, 'pending');
  await wait(payout.arrival_date);
  assert.equal((await stripe.payouts.retrieve(payout.id, {}, options)).status, 'paid');
  return told('payout.paid', payout.id);
}

try {
  const forged = await fetch(endpointUrl, { method: 'POST', body: '{}', headers: { 'stripe-signature': 't=1,v1=00' } });
  assert.equal(forged.status, 400);
  console.log('a webhook with a wrong signature is refused');

  const declined = await pay(10_000, 'pm_card_visa_chargeDeclinedInsufficientFunds').catch((error) => error);
  assert.ok(declined instanceof Stripe.errors.StripeCardError);
  await told('payment_intent.payment_failed', declined.payment_intent.id);
  console.log(`a card without money is declined: ${declined.decline_code}; nothing was taken`);

  const intent = await pay(10_000, 'pm_card_visa');
  const earned = intent.latest_charge.balance_transaction;
  assert.deepEqual([intent.status, earned.status, earned.fee, earned.net], ['succeeded', 'pending', 320, 9_680]);
  await told('payment_intent.succeeded', intent.id);
  console.log(
    `a card pays ${usd(intent.amount)}: fee ${usd(earned.fee)}, ${usd(earned.net)} pending for two business days`,
  );

  await wait(earned.available_on);
  assert.equal((await stripe.balanceTransactions.retrieve(earned.id)).status, 'available');
  // By default all that is available is paid out on every business day, with a list of what it consists of.
  const payouts = await stripe.payouts
    .list({ created: { gte: earned.available_on } })
    .autoPagingToArray({ limit: 100 });
  const automatic = payouts.find((payout) => payout.automatic && payout.currency === 'usd');
  const items = await stripe.balanceTransactions.list({ payout: automatic.id }).autoPagingToArray({ limit: 10_000 });
  assert.ok(items.some((item) => item.id === earned.id));
  assert.equal(
    items.reduce((sum, item) => sum + item.net, 0),
    0,
  );
  console.log('it is available, and in a payout to the bank whose items come to its amount');
  await arrives(automatic);
  console.log('that payout is paid, as a signed webhook says');

  // Money of this card is available at once, and may be paid out by hand.
  const { latest_charge: quick } = await pay(5_000, 'pm_card_bypassPending');
  const amount = quick.balance_transaction.net;
  await arrives(await stripe.payouts.create({ amount, currency: 'usd' }, { idempotencyKey: randomUUID() }));
  console.log(`a payout by hand of ${usd(amount)} is paid, as a signed webhook says`);

  // A seller: a connected account with a bank account, a transfer to it, and a payout of that account.
  const { id: stripeAccount } = await stripe.accounts.create({ type: 'custom', external_account: 'btok_us_verified' });
  await stripe.transfers.create({ amount: 4_000, currency: 'usd', destination: stripeAccount });
  const sellers = await stripe.payouts.create({ amount: 4_000, currency: 'usd' }, { stripeAccount });
  assert.equal((await arrives(sellers, { stripeAccount })).account, stripeAccount);
  console.log(`a seller is paid ${usd(sellers.amount)} to its own bank, as a signed webhook says`);
} finally {
  await stripe.webhookEndpoints.del(endpoint.id);
  server.close();
  server.closeAllConnections();
}
