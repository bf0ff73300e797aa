import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { count, durationBetween } from '../console/duration.ts';
import { Alert } from '../ui/alert.tsx';
import { buttonVariants } from '../ui/button.tsx';

export interface AlertsBannerProps {
  readonly alerts: RouterOutputs['admin']['overview']['alerts'];
  readonly asOf: Date;
}

/** Says that alerts are open, above everything else; nothing when there are none. */
export function AlertsBanner({ alerts, asOf }: AlertsBannerProps) {
  if (!alerts.oldestAt) return null;
  return (
    <Alert
      tone="negative"
      className="mb-3"
      title={alerts.count === 1 ? 'An alert is open' : `${count(alerts.count, 'alert')} are open`}
      action={
        <Link href="/admin/health" className={buttonVariants({ size: 'sm' })}>
          See what it is
        </Link>
      }
    >
      {`Somebody has to look: ${alerts.count === 1 ? 'it' : 'the oldest'} has been open for ${durationBetween(alerts.oldestAt, asOf)}.`}
    </Alert>
  );
}
