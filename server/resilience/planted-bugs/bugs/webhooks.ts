import type { PlantedBug } from '../bug.ts';

const REGRESSIONS = 'server/resilience/regressions.db.test.ts';
const WEBHOOKS = 'server/webhooks/webhooks.db.test.ts';

/** Hearing from the provider. */
export const WEBHOOK_BUGS: readonly PlantedBug[] = [
  {
    id: 'webhook-answered-before-stored',
    what: 'a webhook is answered 200 before it is stored',
    patches: [
      {
        file: 'server/webhooks/receive-webhook.ts',
        find: '  await inboxLane().submit(',
        replace: '  void inboxLane().submit(',
      },
    ],
    tests: [REGRESSIONS, WEBHOOKS],
  },
  {
    id: 'inbox-not-deduplicated',
    what: 'the same event is stored as often as it is sent',
    patches: [
      {
        file: 'server/webhooks/receive-webhook.ts',
        find: '      (webhook) => webhook.eventId,\n',
        replace: '      (webhook) => webhook.eventId + performance.now(),\n',
      },
    ],
    tests: [WEBHOOKS],
  },
  {
    id: 'inbox-done-before-applied',
    what: 'an event is marked as handled in a transaction of its own before it is applied',
    patches: [
      {
        file: 'server/webhooks/handle-inbox.ts',
        find: '  const results = await applyOutcomes(lanePool(), reports);\n',
        replace:
          '  await markUnneeded(reports as unknown as Unneeded[]);\n  const results = await applyOutcomes(lanePool(), reports);\n',
      },
    ],
    flow: 'webhook',
    tests: [WEBHOOKS],
  },
  {
    id: 'signature-over-parsed-body',
    core: true,
    what: 'the signature is compared with the body as it is written again, not with its bytes',
    patches: [
      {
        file: 'server/psp/read-webhook.ts',
        find: 'check.verifyHeader(rawBody.toString(), signature',
        replace: 'check.verifyHeader(JSON.stringify(JSON.parse(rawBody.toString())), signature',
      },
    ],
    tests: [WEBHOOKS],
  },
  {
    id: 'signature-unchecked',
    core: true,
    what: 'a body is believed without its signature',
    patches: [
      {
        file: 'server/psp/read-webhook.ts',
        find: 'return check.verifyHeader(rawBody.toString(), signature, secret, TOLERANCE_SECONDS, undefined, now);',
        replace: 'return true;',
      },
    ],
    tests: [WEBHOOKS],
  },
  {
    id: 'signature-for-ever',
    core: true,
    what: 'a signature never grows too old, so that a webhook can be replayed',
    patches: [
      {
        file: 'server/psp/read-webhook.ts',
        find: 'const TOLERANCE_SECONDS = 300;',
        replace: 'const TOLERANCE_SECONDS = 300_000_000;',
      },
    ],
    tests: [WEBHOOKS],
  },
];
