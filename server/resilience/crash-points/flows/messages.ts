import { purgeIdempotencyKeys, runOnce } from '#idempotency';
import { closeWebhookLetter, handleInbox, redriveWebhook } from '#webhooks';
import type { Flow } from '../flow.ts';
import { deliverAll, paymentOf, type Stage } from '../stage.ts';
import { paymentBody, postApi } from './call-api.ts';
import { payInTheDark } from './direct.ts';
import { unless } from './unless.ts';

async function threeInTheInbox(stage: Stage): Promise<void> {
  for (const nth of [1, 2, 3]) await payInTheDark(stage, { nth });
  await deliverAll(stage);
}

/** A webhook that was given up to a person, as after the last of its tries. */
async function giveUpWebhook(stage: Stage): Promise<void> {
  await payInTheDark(stage);
  await deliverAll(stage);
  await stage.owner.query(
    `with dead as (
       update webhook_inbox set state = 'dead', tries = 6, verdict = 'the database refused it', handled_at = now()
       where position($1 in payload) > 0 returning id
     )
     insert into dead_letters (kind, subject_id, cause, tries) select 'webhook', id::text, 'the database refused it', 6 from dead`,
    [`${stage.id}.`],
  );
}

async function webhooksOf(stage: Stage): Promise<bigint[]> {
  const { rows } = await stage.owner.query<{ id: string }>(
    'select id from webhook_inbox where position($1 in payload) > 0 order by id',
    [`${stage.id}.`],
  );
  return rows.map((row) => BigInt(row.id));
}

async function redrive(stage: Stage): Promise<void> {
  for (const id of await webhooksOf(stage)) await unless(redriveWebhook(id, 'user:1', 'mended'), 'not_found');
  await handleInbox(200);
}

async function closeLetter(stage: Stage): Promise<void> {
  for (const id of await webhooksOf(stage))
    await unless(closeWebhookLetter(id, 'user:1', 'known otherwise'), 'not_found');
}

async function keepExpiredKeys(stage: Stage): Promise<void> {
  for (const nth of [1, 2, 3]) {
    const request = {
      principal: 'key:shop',
      route: 'POST /test',
      key: `${stage.id}.key${nth}`,
      content: 'same',
      call: { door: 'rest' as const },
    };
    await runOnce(request, async () => ({ status: 200, headers: {}, body: '{}' }));
  }
  await stage.owner.query(
    `update idempotency_keys set expires_at = now() - interval '1 hour' where starts_with(key, $1)`,
    [`${stage.id}.`],
  );
}

export const MESSAGE_FLOWS: readonly Flow[] = [
  {
    name: 'bulk',
    alone: true,
    together: 3,
    act: (stage) =>
      postApi('/payments/bulk', { payments: [1, 2, 3].map((nth) => paymentBody(paymentOf(stage, { nth }))) }),
  },
  {
    name: 'webhook',
    alone: false,
    before: (stage) => payInTheDark(stage),
    act: (stage) => deliverAll(stage),
  },
  { name: 'inbox-batch', alone: true, before: threeInTheInbox, act: async () => void (await handleInbox(200)) },
  { name: 'redrive', alone: false, before: giveUpWebhook, act: redrive },
  { name: 'close-webhook-letter', alone: false, before: giveUpWebhook, act: closeLetter },
  { name: 'purge', alone: true, before: keepExpiredKeys, act: async () => void (await purgeIdempotencyKeys()) },
];
