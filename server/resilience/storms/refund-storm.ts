import { takePayment } from '#payments';
import { listRefunds, requestRefund } from '#refunds';
import { type PaymentSystem, samplePayment } from '#testing';
import { createRandom } from '../kit/random.ts';
import { askAtOnce, judgeStorm, type StormReport, WISHES_AT_ONCE } from './storm.ts';

const PAID_MINOR = 2_999n;

/** T-R1: fifty refunds of drawn amounts meet at one paid order, some for the order and some for its checkout; what is accepted is given back. */
export async function refundStorm(system: PaymentSystem, seed: bigint): Promise<StormReport> {
  const draw = createRandom(seed, 'refund-storm');
  const request = samplePayment();
  await takePayment(request, 'key:shop', { waitMs: 10_000 });
  await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  const orderId = request.orders[0]?.paymentOrderId ?? '';
  const amounts = Array.from({ length: WISHES_AT_ONCE }, () => BigInt(draw.between(1, 400)));
  const wishes = await askAtOnce(amounts, (amountMinor) => {
    const paymentId = draw.chance(0.3) ? request.checkoutId : orderId;
    const wish = { paymentId, amount: { amountMinor, currency: 'USD' as const } };
    return requestRefund({ ...wish, reason: 'other', actor: 'key:shop' }, { principal: 'key:shop' });
  });
  await system.refundNow();
  const told = await refundedOf(system, orderId);
  return judgeStorm(wishes, { limitMinor: PAID_MINOR, refusal: 'refund_exceeds_captured', told });
}

/** Sums of what was made, as the refunds say and as the order counts. */
async function refundedOf(system: PaymentSystem, orderId: string): Promise<Record<string, bigint>> {
  const { rows } = await listRefunds({ of: orderId, limit: WISHES_AT_ONCE });
  const { rows: orders } = await system.owner.query<{ refunded: string }>(
    'select refunded_minor as refunded from payment_orders where payment_order_id = $1',
    [orderId],
  );
  const refunds = rows.reduce((sum, row) => sum + BigInt(row.amount.replace('.', '')), 0n);
  return { 'the refunds say': refunds, 'the order counts': BigInt(orders[0]?.refunded ?? -1) };
}
