import { config } from '#config';
import { columns, lanePool, run } from '#db';
import { createLane, singleton } from '#kernel';
import { verifyWebhook } from '#psp';

/** Largest webhook body, in bytes; Stripe's events are far smaller. */
export const MAX_WEBHOOK_BYTES = 256 * 1024;

/** Channel on which the worker hears that the inbox is not empty. */
export const INBOX_CHANNEL = 'webhook_inbox';

/** Events of other accounts are not taken, so all in the inbox are of the one that this system is set up for. */
const OWN_ACCOUNT = 'platform';

interface ReceivedWebhook {
  readonly account: string;
  readonly eventId: string;
  readonly type: string;
  readonly payload: string;
}

/**
 * Takes a webhook of the PSP: verifies its raw bytes, then stores it, once per event, whatever it says. When this resolves the event
 * is durable and may be answered 200; reading and handling it is the worker's part. Throws `signature_invalid`, `json_malformed`,
 * `event_not_ours` or, when too many wait, `overloaded`, and stores nothing.
 */
export async function receiveWebhook(rawBody: Buffer, signature: string | null): Promise<void> {
  const { PSP_WEBHOOK_SECRET, PSP_WEBHOOK_SECRET_PREVIOUS } = config();
  const secrets = [PSP_WEBHOOK_SECRET, PSP_WEBHOOK_SECRET_PREVIOUS].filter((secret) => secret !== undefined);
  const { id, type } = verifyWebhook(rawBody, signature, secrets);
  await inboxLane().submit({ account: OWN_ACCOUNT, eventId: id, type, payload: rawBody.toString() });
}

/** Most webhooks in one insert, and most waiting for one. */
const MAX_BATCH_WEBHOOKS = 200;
const MAX_WAITING_WEBHOOKS = 2_000;

function inboxLane() {
  return singleton('webhooks.inbox-lane', () =>
    createLane<ReceivedWebhook, undefined>({
      name: 'inbox',
      run: store,
      maxBatch: MAX_BATCH_WEBHOOKS,
      maxQueue: MAX_WAITING_WEBHOOKS,
    }),
  );
}

/** One insert and one wake-up per batch: a notification in every transaction would more than halve the rate. */
async function store(webhooks: readonly ReceivedWebhook[]): Promise<undefined[]> {
  await run(lanePool(), {
    name: 'store-webhooks',
    text: `with stored as (
             insert into webhook_inbox (source, account, event_id, type, payload)
             select 'psp', * from unnest($1::text[], $2::text[], $3::text[], $4::text[])
             on conflict (source, account, event_id) do nothing
             returning 1
           )
           select pg_notify('${INBOX_CHANNEL}', '') from stored limit 1`,
    values: columns(
      webhooks,
      (webhook) => webhook.account,
      (webhook) => webhook.eventId,
      (webhook) => webhook.type,
      (webhook) => webhook.payload,
    ),
  });
  return webhooks.map(() => undefined);
}
