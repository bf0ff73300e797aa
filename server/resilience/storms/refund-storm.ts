import { toAppError } from '#db';
import { takePayment } from '#payments';
import { listRefunds, type RefundRequested, requestRefund } from '#refunds';
import { type PaymentSystem, samplePayment } from '#testing';
import { createRandom } from '../kit/random.ts';

/** Refunds that are asked for at once, on one order. */
const REFUNDS_AT_ONCE = 50;
const AMOUNT_MINOR = 2_999n;

/** What a storm came to. */
export interface StormReport {
  readonly accepted: number;
  readonly refused: number;
  /** What broke, in sentences; empty when the limit held. */
  readonly violations: readonly string[];
}

/**
 * T-R1: fifty refunds of drawn amounts meet at one paid order, some for the order and some for its checkout. Never more is accepted
 * than was taken, what is refused is refused for that reason, and what is accepted fits as tightly as the last refusal says.
 */
export async function refundStorm(system: PaymentSystem, seed: bigint): Promise<StormReport> {
  const draw = createRandom(seed, 'refund-storm');
  const request = samplePayment();
  await takePayment(request, 'key:shop', { waitMs: 10_000 });
  await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  const orderId = request.orders[0]?.paymentOrderId ?? '';
  const wishes = Array.from({ length: REFUNDS_AT_ONCE }, () => ({
    paymentId: draw.chance(0.3) ? request.checkoutId : orderId,
    amount: { amountMinor: BigInt(draw.between(1, 400)), currency: 'USD' as const },
    reason: 'other' as const,
    actor: 'key:shop',
  }));
  const asked = await Promise.allSettled(wishes.map(ask));
  return judge(
    asked.map((one) => (one.status === 'fulfilled' ? null : one.reason)),
    wishes.map((wish) => wish.amount.amountMinor),
    await readRefunded(system, orderId),
  );
}

/** Asks as a shop does: what could not be begun, because every connection was taken, is asked again. */
async function ask(wish: RefundRequested): Promise<string> {
  for (;;) {
    try {
      return await requestRefund(wish, { principal: 'key:shop' });
    } catch (error) {
      if (toAppError(error)?.code !== 'database_unavailable') throw error;
    }
  }
}

/** Sums of what was made, as the refunds say and as the order counts. */
async function readRefunded(system: PaymentSystem, orderId: string): Promise<{ refunds: bigint; counted: bigint }> {
  const { rows } = await listRefunds({ of: orderId, limit: REFUNDS_AT_ONCE });
  const { rows: orders } = await system.owner.query<{ refunded: string }>(
    'select refunded_minor as refunded from payment_orders where payment_order_id = $1',
    [orderId],
  );
  const refunds = rows.reduce((sum, row) => sum + BigInt(row.amount.replace('.', '')), 0n);
  return { refunds, counted: BigInt(orders[0]?.refunded ?? -1) };
}

function judge(
  errors: readonly unknown[],
  amounts: readonly bigint[],
  { refunds, counted }: { refunds: bigint; counted: bigint },
): StormReport {
  const sumOf = (isAccepted: boolean) =>
    amounts.filter((_, index) => (errors[index] === null) === isAccepted).reduce((sum, amount) => sum + amount, 0n);
  const accepted = sumOf(true);
  const smallestRefused = amounts
    .filter((_, index) => errors[index] !== null)
    .reduce<bigint | null>((least, amount) => (least === null || amount < least ? amount : least), null);
  const violations = [
    ...(accepted > AMOUNT_MINOR ? [`${accepted} of ${AMOUNT_MINOR} were accepted`] : []),
    ...(accepted !== refunds || accepted !== counted
      ? [`accepted ${accepted}, made ${refunds}, counted ${counted}`]
      : []),
    ...(smallestRefused !== null && accepted + smallestRefused <= AMOUNT_MINOR
      ? [`${smallestRefused} was refused although ${AMOUNT_MINOR - accepted} were left`]
      : []),
    ...errors
      .filter((error) => error !== null && !isOverLimit(error))
      .map((error) => `refused for another reason: ${error}`),
  ];
  const refused = errors.filter((error) => error !== null).length;
  return { accepted: errors.length - refused, refused, violations };
}

function isOverLimit(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'refund_exceeds_captured';
}
