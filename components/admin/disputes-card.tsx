import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { Time } from '../console/time.tsx';
import { beginning } from '../console/words.ts';
import { Amount } from '../money/amount.tsx';
import { DisputeStatusBadge } from '../status/status-badge.tsx';
import { Card, CardHeader } from '../ui/card.tsx';

type Dispute = RouterOutputs['admin']['payments']['get']['disputes'][number];

/** Disputes of the payment, each leading to its page; nothing when there are none. */
export function DisputesCard({ disputes }: { readonly disputes: readonly Dispute[] }) {
  if (disputes.length === 0) return null;
  return (
    <Card>
      <CardHeader title="Disputes" />
      <ul>
        {disputes.map((dispute) => (
          <li key={dispute.id} className="relative border-line px-4 py-3 not-last:border-b">
            <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5">
              <span className="flex items-center gap-2.5 text-sm font-medium">
                <Link
                  href={`/admin/disputes/${encodeURIComponent(dispute.id)}`}
                  className="after:absolute after:inset-0"
                >
                  {beginning(dispute.reason)}
                </Link>
                <DisputeStatusBadge status={dispute.state} />
              </span>
              <Amount value={dispute.amount} currency={dispute.currency} className="text-sm font-medium" />
            </div>
            <p className="mt-1.5 text-xs text-subtle">
              <Time value={dispute.openedAt} full />
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
