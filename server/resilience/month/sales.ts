import { assert, type CurrencyCode } from '#kernel';
import {
  applyOutcome,
  createCheckout,
  drainPayments,
  type OrderRequest,
  type PaymentRequest,
  startHostedPayment,
  takePayment,
} from '#payments';
import type { Random } from '../kit/random.ts';
import { count, type Day, type Scene, SHOP } from './scene.ts';
import { ROLES, SELLERS } from './sellers.ts';

/** Checkouts that are paid at the same time. */
const AT_ONCE = 5;
const BUYERS = 12;
/** Above the limit up to which no second person has to approve a payout of it, in cents. */
const LARGE_SALE_MINOR = 1_300_000n;

/** What shoppers pay with, by weight. */
const TOKENS = [
  [70, 'tok_visa_4242'],
  [10, 'tok_mastercard'],
  [6, 'tok_visa_chargeDeclinedInsufficientFunds'],
  [3, 'tok_chargeDeclined'],
  [3, 'tok_refundFail'],
  [3, 'tok_pendingRefund'],
  [2, 'tok_bypassPending'],
  [2, 'tok_answer_lost'],
  [1, 'tok_answer_lost_declined'],
] as const;

/** The sales of a day: baskets of several sellers, with cards of all kinds, and now and then a page that is paid when it is too late. */
export async function sell(scene: Scene, { number, draw }: Day): Promise<void> {
  const checkouts = draw.between(Math.ceil(scene.ordersPerDay * 0.7), Math.ceil(scene.ordersPerDay * 1.3));
  const requests = Array.from({ length: checkouts }, (_, place) => drawSale(draw, `month_${number}_${place}`));
  if (number === 1) requests.push(largeSale());
  for (let place = 0; place < requests.length; place += AT_ONCE) {
    const together = requests.slice(place, place + AT_ONCE);
    await Promise.all(together.map((request) => takePayment(request, SHOP, { waitMs: 0 })));
    // Nobody waits for an answer that got lost: it is asked for with everything else that is due.
    await drainPayments();
  }
  for (const _ of requests) count(scene, 'checkout');
  if (draw.chance(0.2)) await payTooLate(scene, drawSale(draw, `month_${number}_late`));
}

/** Our side believes that the page is closed, and it is paid all the same: the money has to go back. */
async function payTooLate(scene: Scene, request: PaymentRequest): Promise<void> {
  const { payment: _, ...input } = request;
  await createCheckout(input, SHOP);
  const { redirectUrl } = await startHostedPayment(request.checkoutId);
  const { rows } = await scene.system.owner.query('select id from payment_attempts where checkout_id = $1', [
    request.checkoutId,
  ]);
  await applyOutcome({ attemptId: rows[0].id, outcome: { kind: 'expired' }, actor: 'webhook' });
  const { body } = await scene.system.payPage(redirectUrl);
  assert(body.payment_status === 'paid', 'the provider takes what is paid too late');
  count(scene, 'page paid too late');
}

function drawSale(draw: Random, checkoutId: string): PaymentRequest {
  const currency: CurrencyCode = draw.chance(0.7) ? 'USD' : 'JPY';
  const baskets = draw.weighted([
    [6, 1],
    [3, 2],
    [1, 3],
  ] as const);
  return {
    checkoutId,
    buyer: buyerOf(draw.between(1, BUYERS)),
    payment: { token: draw.weighted(TOKENS), last4: '4242' },
    orders: Array.from({ length: baskets }, (_, place) => drawOrder(draw, `${checkoutId}.${place + 1}`, currency)),
  };
}

function drawOrder(draw: Random, paymentOrderId: string, currency: CurrencyCode): OrderRequest {
  const sellerAccount = draw.weighted(ROLES.map(({ id, weight }) => [weight, id] as const));
  return { paymentOrderId, sellerAccount, amount: { amountMinor: BigInt(draw.between(500, 40_000)), currency } };
}

function buyerOf(number: number): PaymentRequest['buyer'] {
  const userId = `buyer_${number}`;
  return { userId, email: `${userId}@example.com`, name: 'A buyer' };
}

function largeSale(): PaymentRequest {
  const checkoutId = 'month_large';
  return {
    checkoutId,
    buyer: buyerOf(1),
    payment: { token: 'tok_visa_4242', last4: '4242' },
    orders: [
      {
        paymentOrderId: `${checkoutId}.1`,
        sellerAccount: SELLERS.asking.id,
        amount: { amountMinor: LARGE_SALE_MINOR, currency: 'USD' },
      },
    ],
  };
}
