import type { CurrencyCode } from '#kernel';
import { approvePayout, cancelPayout, payOutScheduled, requestPayout } from '#payouts';
import type { Random } from '../kit/random.ts';
import { type Day, OPERATOR, type Scene, SECOND_PERSON, tryTo } from './scene.ts';
import { addBank, CURRENCIES, ROLES, SELLERS } from './sellers.ts';

/** From this day on the seller whose bank sends everything back uses another one. */
const BETTER_BANK_FROM = 18;
/** Schedules paid in one round. */
const SCHEDULES = 50;

/** Sellers ask for their money, some for more than they have, or for less than is paid out; what waits for a second person is decided. */
export async function payOut(scene: Scene, day: Day): Promise<void> {
  await decideWaiting(scene, day.draw);
  for (const { id, schedule } of ROLES) {
    if (schedule.every !== 'manual') continue;
    for (const currency of CURRENCIES) if (day.draw.chance(0.45)) await ask(scene, day, id, currency);
  }
}

async function ask(scene: Scene, { draw, number }: Day, sellerId: string, currency: CurrencyCode): Promise<void> {
  const amountMinor = draw.weighted<bigint | null>([
    [7, null],
    [3, BigInt(draw.between(2_000, 30_000))],
    [1, 50n],
  ]);
  const wish = { sellerId, currency, amountMinor, requestedBy: `user:${sellerId}` };
  const refused = await tryTo(scene, 'payout requested', () => requestPayout(wish));
  if (refused?.code !== 'seller_not_payable' || sellerId === SELLERS.new.id) return;
  const again = sellerId === SELLERS.returned.id && number < BETTER_BANK_FROM;
  await tryTo(scene, 'another bank account added', () =>
    addBank(scene.system, sellerId, currency, again ? 'sendsBack' : 'pays'),
  );
}

async function decideWaiting(scene: Scene, draw: Random): Promise<void> {
  const { rows } = await scene.system.owner.query<{ id: string }>(
    `select id from payouts where state = 'REQUESTED' order by created_at, id`,
  );
  for (const { id } of rows)
    await (draw.chance(0.8)
      ? tryTo(scene, 'payout approved', () => approvePayout(id, { actor: SECOND_PERSON }))
      : tryTo(scene, 'payout cancelled', () => cancelPayout(id, { actor: OPERATOR, reason: 'not today' })));
}

/**
 * Pays by the schedules that have a payout on this day. Our calendar cannot be turned: the month lies before today, so that each of its
 * days is one that a schedule has not paid yet.
 */
export async function payOutBySchedule(scene: Scene, { number, weekday }: Day, days: number): Promise<void> {
  await scene.system.owner.query(
    `update payout_schedules set next_on = case when every = 'daily' or on_day = $1 then current_date - $2::int else current_date + 1 end`,
    [weekday, days - number],
  );
  await payOutScheduled(SCHEDULES);
}
