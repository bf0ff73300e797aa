import type { RouterOutputs } from '#trpc';
import { Amount } from '../money/amount.tsx';
import { RefundStatusBadge } from '../status/status-badge.tsx';
import { Card, CardHeader } from '../ui/card.tsx';
import { CopyId } from './copy-id.tsx';
import { count } from './duration.ts';
import { REFUND_REASON_WORDS } from './refund-words.ts';
import { Time } from './time.tsx';
import { humanize } from './words.ts';

type Refund = RouterOutputs['seller']['payment']['refunds'][number];

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
            <Borne refund={refund} />
            {refund.note ? <p className="mt-1.5 text-sm">{refund.note}</p> : null}
            {refund.waitsForFunds ? (
              <p className="mt-1.5 text-sm text-muted">It is sent once the seller has the money.</p>
            ) : null}
            {refund.error ? <p className="mt-1.5 text-sm text-muted">{humanize(refund.error)}</p> : null}
            <p className="mt-1.5 flex flex-wrap gap-x-3 gap-y-0.5 text-xs text-subtle">
              <Time value={refund.createdAt} full />
              {refund.tries > 0 ? <span>{count(refund.tries, 'unanswered call')}</span> : null}
              {refund.resolveAt && !refund.waitsForFunds ? (
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

/** Who gives up what; money that came too late was nobody's. */
function Borne({ refund }: { readonly refund: Refund }) {
  if (refund.paymentOrderId === null) return null;
  return (
    <p className="mt-1.5 text-sm text-muted">
      <Amount value={refund.sellerShare} currency={refund.currency} /> from the seller,{' '}
      <Amount value={refund.commission} currency={refund.currency} /> of the commission
    </p>
  );
}
