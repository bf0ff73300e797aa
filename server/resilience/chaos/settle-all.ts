import type pg from 'pg';
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

/** A person has verified these sellers, before anybody pays. */
export async function verifySellers(owner: pg.Pool): Promise<void> {
  await owner.query(
    `insert into sellers (id, display_name, verification) select id, id, 'verified' from unnest($1::text[]) id`,
    [VERIFIED_SELLERS],
  );
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
