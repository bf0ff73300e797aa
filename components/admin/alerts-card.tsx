import type { RouterOutputs } from '#trpc';
import { count, durationBetween } from '../console/duration.ts';
import { Time } from '../console/time.tsx';
import { humanize } from '../console/words.ts';
import { Badge } from '../ui/badge.tsx';
import { Card, CardHeader } from '../ui/card.tsx';

type Health = RouterOutputs['admin']['books']['health'];
type Alert = Health['openAlerts'][number];

export interface AlertsCardProps {
  readonly title: string;
  readonly description: string;
  readonly alerts: readonly Alert[];
  /** The rule behind an alert about an invariant. */
  readonly rules: ReadonlyMap<string, string>;
}

/** Alerts with what they say, when they were seen first and last, and how they were closed. Nothing when there are none. */
export function AlertsCard({ title, description, alerts, rules }: AlertsCardProps) {
  if (alerts.length === 0) return null;
  return (
    <Card className="mt-6">
      <CardHeader title={title} description={description} />
      <ul>
        {alerts.map((alert) => (
          <li key={alert.id} className="border-line px-4 py-3 not-last:border-b">
            <AlertItem alert={alert} rule={alert.kind === 'invariant' ? rules.get(alert.subject) : undefined} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function AlertItem({ alert, rule }: { readonly alert: Alert; readonly rule: string | undefined }) {
  const { kind, subject, detail, firstSeenAt, lastSeenAt, times, resolvedAt, resolution } = alert;
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1.5">
        <p className="min-w-0 text-sm font-medium">
          {rule ? `${subject}: ${rule}` : `${humanize(kind)}: ${humanize(subject)}`}
        </p>
        <Badge tone={resolvedAt ? 'neutral' : 'negative'}>{resolvedAt ? 'Closed' : 'Open'}</Badge>
      </div>
      <p className="code-id mt-1 text-sm text-muted">{detail}</p>
      <p className="mt-1.5 flex flex-wrap gap-x-3 gap-y-0.5 text-xs text-subtle">
        <span>
          First seen <Time value={firstSeenAt} full />
        </span>
        <span>
          last seen <Time value={lastSeenAt} full />
        </span>
        <span>{`seen ${count(times, 'time')}`}</span>
        {resolvedAt ? <span>{`closed after ${durationBetween(firstSeenAt, resolvedAt)}: ${resolution}`}</span> : null}
      </p>
    </>
  );
}
