import type { RouterOutputs } from '#trpc';
import { CopyId } from '../console/copy-id.tsx';
import { Time } from '../console/time.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Card, CardHeader } from '../ui/card.tsx';

type Webhook = RouterOutputs['admin']['payments']['get']['webhooks'][number];

/** What handling a webhook came to, in words. */
const VERDICTS: Readonly<Record<string, { readonly word: string; readonly tone: Tone }>> = {
  applied: { word: 'Applied', tone: 'positive' },
  noted: { word: 'Noted', tone: 'neutral' },
  unchanged: { word: 'Known already, changed nothing', tone: 'neutral' },
  late: { word: 'Came late, money held', tone: 'caution' },
  rescheduled: { word: 'Looked at again later', tone: 'progress' },
  given_up: { word: 'Given up, a person decides', tone: 'caution' },
};

const STATES: Record<Webhook['state'], { readonly word: string; readonly tone: Tone }> = {
  received: { word: 'Waiting', tone: 'progress' },
  handled: { word: 'Handled', tone: 'neutral' },
  dead: { word: 'Given up', tone: 'negative' },
};

/** The webhooks about a payment and what each changed. */
export function WebhooksCard({ webhooks }: { readonly webhooks: readonly Webhook[] }) {
  return (
    <Card>
      <CardHeader title="Webhooks" description="Stored once per event, however often the provider sends it." />
      {webhooks.length === 0 ? (
        <p className="px-4 py-5 text-sm text-muted">None came in about this payment so far.</p>
      ) : null}
      <ul>
        {webhooks.map((webhook) => {
          const { word, tone } =
            (webhook.state === 'handled' && VERDICTS[webhook.verdict ?? '']) || STATES[webhook.state];
          return (
            <li key={webhook.id} className="border-line px-4 py-3 not-last:border-b">
              <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5">
                <span className="code-id text-sm">{webhook.type}</span>
                <Badge tone={tone}>{word}</Badge>
              </div>
              <div className="mt-1 flex flex-wrap items-center gap-x-3 text-xs text-subtle">
                <Time value={webhook.receivedAt} full />
                {webhook.handledAt ? (
                  <span className="tabular">
                    handled after {webhook.handledAt.getTime() - webhook.receivedAt.getTime()} ms
                  </span>
                ) : null}
                <CopyId value={webhook.eventId} label="event" />
              </div>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
