import { newId } from '#kernel';
import { takePayment } from '#payments';
import { listPayouts, payoutStatement, requestPayout } from '#payouts';
import { openPayableSeller, type PaymentSystem, releaseEarnings, samplePayment } from '#testing';
import { createRandom } from '../kit/random.ts';
import { askAtOnce, judgeStorm, type StormReport, WISHES_AT_ONCE } from './storm.ts';

/** Fifty payouts of drawn amounts meet at what one seller has of a sale. */
export async function payoutStorm(system: PaymentSystem, seed: bigint): Promise<StormReport> {
  const draw = createRandom(seed, 'payout-storm');
  const sellerId = newId('seller');
  await openPayableSeller(system.owner, sellerId);
  await sell(system, sellerId);
  const { available: limitMinor } = await balancesOf(system, sellerId);
  const amounts = Array.from({ length: WISHES_AT_ONCE }, () => BigInt(draw.between(100, 900)));
  const wishes = await askAtOnce(amounts, (amountMinor) =>
    requestPayout({ sellerId, currency: 'USD', amountMinor, requestedBy: 'user:bo' }),
  );
  const { available, reserved } = await balancesOf(system, sellerId);
  const told = {
    ...(await payoutsOf(sellerId)),
    'no longer available are': limitMinor - available,
    'set aside are': reserved,
  };
  return judgeStorm(wishes, { limitMinor, refusal: 'payout_exceeds_available', told });
}

async function sell(system: PaymentSystem, seller: string): Promise<void> {
  const request = samplePayment({ orders: [{ amount: '100.00', seller }] });
  await takePayment(request, 'key:shop', { waitMs: 10_000 });
  await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  await releaseEarnings(system.owner, request.orders[0]?.paymentOrderId ?? '');
}

/** Sums of what was made, as the payouts say and as the lines of their statements. */
async function payoutsOf(sellerId: string): Promise<Record<string, bigint>> {
  const { rows } = await listPayouts({ sellerId, limit: WISHES_AT_ONCE });
  const statements = await Promise.all(rows.map(({ id }) => payoutStatement(id)));
  return {
    'the payouts say': sumOf(rows.map(({ amount }) => amount)),
    'their statements list': sumOf(statements.flatMap(({ lines }) => lines.map(({ amount }) => amount))),
  };
}

/** In minor units. */
async function balancesOf(
  { owner }: PaymentSystem,
  sellerId: string,
): Promise<{ available: bigint; reserved: bigint }> {
  const { rows } = await owner.query<{ kind: string; balance: string }>(
    'select kind, (-balance)::text as balance from ledger_accounts where owner_id = $1',
    [sellerId],
  );
  const balanceOf = (kind: string) => BigInt(rows.find((row) => row.kind === kind)?.balance ?? 0);
  return { available: balanceOf('seller_available'), reserved: balanceOf('seller_reserved') };
}

/** Of dollar amounts with two decimals, in cents. */
function sumOf(amounts: readonly string[]): bigint {
  return amounts.reduce((sum, amount) => sum + BigInt(amount.replace('.', '')), 0n);
}
