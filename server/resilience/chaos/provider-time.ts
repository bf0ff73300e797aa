import type { Topology } from '../kit/topology.ts';
import { LOOK_AGAIN } from './money-out-work.ts';
import { callProvider } from './provider.ts';

/** What the provider has still to do by itself: webhooks to send, refunds that come to their end. */
export const DUE_AT_PROVIDER = `
  select 'the provider has a webhook to send: ' || event as line from webhook_deliveries where state = 'pending'
  union all select 'the provider works on refund ' || id from refunds where next_at is not null
  union all select 'the provider works on payout ' || id from payouts where next_at is not null`;

const DAY_SECONDS = 86_400;
/** A travel does all that is due on the way; a webhook that nobody takes holds it up. */
const TRAVEL_TIMEOUT_MS = 60_000;

/** Days pass at the provider: it settles, pays out, and decides what nobody answered. */
export function letDaysPass({ providerUrl }: Topology, days: number) {
  const form = { advance: days * DAY_SECONDS };
  return callProvider(providerUrl, 'POST', 'test_helpers/clock', form, TRAVEL_TIMEOUT_MS);
}

/**
 * Hours pass: webhooks that nobody took during the faults, and would be sent again in a while, are sent; what was put off here is
 * looked at, and of disputes that nobody told of a worker that begins anew hears, as all do within minutes.
 */
export async function letHoursPass({ providerOwner, owner, units }: Topology): Promise<void> {
  await providerOwner.query(
    `update webhook_deliveries set next_attempt_at = now() where state = 'pending' and not leased`,
  );
  for (const later of LOOK_AGAIN) await owner.query(later);
  if (!(await isDisputeMissed({ providerOwner, owner }))) return;
  await units['worker-1'].terminate();
  await units['worker-1'].start();
}

async function isDisputeMissed({ providerOwner, owner }: Pick<Topology, 'providerOwner' | 'owner'>): Promise<boolean> {
  const { rows } = await providerOwner.query<{ id: string }>('select id from disputes');
  const ids = rows.map((row) => row.id);
  const known = await owner.query('select from disputes where psp_dispute_id = any($1::text[])', [ids]);
  return known.rows.length < ids.length;
}
