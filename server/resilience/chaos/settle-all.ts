import { setTimeout as delay } from 'node:timers/promises';
import type { Topology } from '../kit/topology.ts';
import { ask } from './client.ts';
import type { History } from './history.ts';
import { PAYOUT_CURRENCY, VERIFIED_SELLERS } from './plan-money-out.ts';
import { callProvider } from './provider.ts';
import { letDaysPass } from './provider-time.ts';

/** Longer than the time for evidence and than any charge is held, whatever the day of the week. */
const ALL_SETTLES_DAYS = 9;
/** Longer than a bank takes, weekends included. */
const ALL_ARRIVES_DAYS = 5;

interface After {
  readonly topology: Topology;
  readonly history: History;
}

/** What each seller has earned before the run begins: more than may be paid out without a second person. */
const EARLY_ORDERS = ['4000.00', '4000.00', '4000.00'] as const;
const AVAILABLE_WITHIN_MS = 30_000;
const LOOK_MS = 250;

/**
 * Before the run begins a person has verified these sellers, and each has earned something that the provider has settled already:
 * the faults of a run meet payouts from the first one on. Throws when that does not become available.
 */
export async function openSellers({ topology, history }: After): Promise<void> {
  const { owner } = topology;
  await owner.query(
    `insert into sellers (id, display_name, verification) select id, id, 'verified' from unnest($1::text[]) id`,
    [VERIFIED_SELLERS],
  );
  await Promise.all(VERIFIED_SELLERS.map((seller) => sell({ topology, history }, seller)));
  const started = performance.now();
  const waiting = async () =>
    (
      await owner.query(
        'select from captures c left join order_funds f using (payment_order_id) where f.released_at is null',
      )
    ).rows.length > 0 ||
    (await owner.query('select from captures')).rows.length < EARLY_ORDERS.length * VERIFIED_SELLERS.length;
  while (await waiting()) {
    if (performance.now() - started > AVAILABLE_WITHIN_MS) throw new Error('what sellers earned is not available');
    await owner.query('update psp_feeds set read_at = now()');
    await delay(LOOK_MS);
  }
}

async function sell({ topology, history }: After, seller: string): Promise<void> {
  const body = {
    checkout_id: `early-${seller}`,
    buyer_info: { user_id: 'buyer_1', email: 'buyer_1@example.com', name: 'A Buyer' },
    credit_card_info: { token: 'tok_bypassPending' },
    payment_orders: EARLY_ORDERS.map((amount, place) => ({
      payment_order_id: `early-${seller}.${place + 1}`,
      seller_account: seller,
      amount,
      currency: PAYOUT_CURRENCY,
    })),
  };
  const post = { op: -1, shop: 'north', method: 'POST', process: 'early', path: '/payments' } as const;
  await ask(history, { ...post, url: topology.urlOf('door-1'), body });
}

/** Banks say their last word, and days pass: whatever was taken is settled, what nobody answered is lost. */
export async function letAllSettle({ topology }: After): Promise<void> {
  const { providerUrl, providerOwner } = topology;
  const { rows } = await providerOwner.query<{ id: string }>(`select id from disputes where status = 'under_review'`);
  // What the bank decides by itself meanwhile needs no word; the answer says which.
  for (const { id } of rows)
    await callProvider(providerUrl, 'POST', `test_helpers/disputes/${id}/decide`, { outcome: 'lose' });
  await expectTravel(topology, ALL_SETTLES_DAYS);
}

/** Every seller takes what is left, on a good account; one is sent back to show that the money is there again. */
export async function payAllOut({ topology, history }: After): Promise<void> {
  const process = 'calm';
  const post = { op: -1, url: topology.urlOf('door-1'), shop: 'north', method: 'POST', process } as const;
  for (const [place, seller] of VERIFIED_SELLERS.entries()) {
    const token = place === 0 ? 'btok_returned' : 'btok_us_verified';
    const bank = { currency: PAYOUT_CURRENCY, token };
    const path = `/sellers/${seller}/bank_accounts`;
    await ask(history, { ...post, path, route: '/sellers/{id}/bank_accounts', key: `calm-${seller}`, body: bank });
    const body = { seller_id: seller, currency: PAYOUT_CURRENCY };
    const { verdict, answer } = await ask(history, { ...post, path: '/payouts', key: `calm-${seller}`, body });
    if (verdict !== 'ok' || !answer.needs_approval) continue;
    const approve = { path: `/payouts/${answer.payout_id}/approve`, route: '/payouts/{id}/approve', body: {} };
    await ask(history, { ...post, ...approve, shop: 'south', key: `calm-${seller}` });
  }
}

/** Days in which everything that was sent arrives, or comes back. */
export function letAllArrive({ topology }: After): Promise<void> {
  return expectTravel(topology, ALL_ARRIVES_DAYS);
}

async function expectTravel(topology: Topology, days: number): Promise<void> {
  const { status, body } = await letDaysPass(topology, days);
  if (status !== 200) throw new Error(`the provider's clock does not move: ${JSON.stringify(body)}`);
}
