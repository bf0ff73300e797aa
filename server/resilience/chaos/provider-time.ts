import type { Topology } from '../kit/topology.ts';

/** What the provider has still to do by itself: webhooks to send, refunds that come to their end. */
export const DUE_AT_PROVIDER = `
  select 'the provider has a webhook to send: ' || event as line from webhook_deliveries where state = 'pending'
  union all select 'the provider works on refund ' || id from refunds where next_at is not null`;

/** Hours pass at the provider: webhooks that nobody took during the faults, and would be sent again in a while, are sent. */
export async function letHoursPass({ providerOwner }: Topology): Promise<void> {
  await providerOwner.query(
    `update webhook_deliveries set next_attempt_at = now() where state = 'pending' and not leased`,
  );
}
