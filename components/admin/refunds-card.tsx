import type { RouterOutputs } from '#trpc';
import { CopyId } from '../console/copy-id.tsx';
import { count } from '../console/duration.ts';
import { REFUND_REASON_WORDS } from '../console/refund-words.ts';
import { Time } from '../console/time.tsx';
import { humanize } from '../console/words.ts';
import { Amount } from '../money/amount.tsx';
import { RefundStatusBadge } from '../status/status-badge.tsx';
import { Card, CardHeader } from '../ui/card.tsx';

type Refund = RouterOutputs['admin']['payments']['get']['refunds'][number];

/** Money on its way back to the buyer; nothing when none is. */
export function RefundsCard({ refunds }: { readonly refunds: readonly Refund[] }) {
  if (refunds.length === 0) return null;
  return (
    <Card>
      <CardHeader
        title="Refunds"
        description="Each has one key at the provider: sending it again can never give back twice."
      />
      <ol>
        {refunds.map((refund) => (
          <li key={refund.id} className="border-line px-4 py-3 not-last:border-b">
            <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5">
              <span className="flex items-center gap-2.5 text-sm font-medium">
                {REFUND_REASON_WORDS[refund.reason]}
                <RefundStatusBadge status={refund.state} />
              </span>
              <Amount value={refund.amount} currency={refund.currency} className="text-sm font-medium" />
            </div>
            {refund.error ? <p className="mt-1.5 text-sm text-muted">{humanize(refund.error)}</p> : null}
            <p className="mt-1.5 flex flex-wrap gap-x-3 gap-y-0.5 text-xs text-subtle">
              <Time value={refund.createdAt} full />
              {refund.tries > 0 ? <span>{count(refund.tries, 'unanswered call')}</span> : null}
              {refund.resolveAt ? (
                <span>
                  looked at again at <Time value={refund.resolveAt} full />
                </span>
              ) : null}
            </p>
            <div className="mt-1 grid text-xs text-muted">
              <CopyId value={refund.id} label="refund" />
              <CopyId value={refund.attemptId} label="refunded attempt" />
              {refund.pspRefundId ? <CopyId value={refund.pspRefundId} label="provider’s refund" /> : null}
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}
