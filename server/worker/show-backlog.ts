import { databaseTime } from '#db';
import { countOpenDeadLetters } from '#dead-letters';
import { gauge, gaugeBy } from '#observability';
import { unresolvedByAge } from '#payments';
import { inboxHealth } from '#webhooks';

/** Shows in the metrics what waits, and for how long: the figures that alerts are made of. */
export function showBacklog(): void {
  gauge('webhook_inbox_waiting', 'Webhooks that are stored and not handled', async () => (await inboxHealth()).waiting);
  gauge('webhook_inbox_oldest_seconds', 'How long the oldest of them has waited', async () => {
    const { oldestAt } = await inboxHealth();
    return oldestAt ? (databaseTime().getTime() - oldestAt.getTime()) / 1_000 : 0;
  });
  gaugeBy(
    'age',
    'payment_attempts_unresolved',
    'Attempts without a last word of the provider, by age',
    unresolvedByAge,
  );
  gaugeBy('kind', 'dead_letters_open', 'Work that waits for a person', countOpenDeadLetters);
}
