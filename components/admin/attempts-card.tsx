import type { RouterOutputs } from '#trpc';
import { CopyId } from '../console/copy-id.tsx';
import { count } from '../console/duration.ts';
import { Time } from '../console/time.tsx';
import { humanize } from '../console/words.ts';
import { Amount } from '../money/amount.tsx';
import { AttemptStatusBadge } from '../status/status-badge.tsx';
import { Card, CardHeader } from '../ui/card.tsx';

type Attempt = RouterOutputs['admin']['payments']['get']['attempts'][number];

export interface AttemptsCardProps {
  readonly attempts: readonly Attempt[];
  /** All orders of the payment: an attempt for some of them says whose it is. */
  readonly orders: readonly { readonly paymentOrderId: string; readonly sellerName: string }[];
}

/** Each try at the provider, with what it answered. */
export function AttemptsCard({ attempts, orders }: AttemptsCardProps) {
  return (
    <Card>
      <CardHeader
        title="Attempts"
        description="Each has one key at the provider: sending it again can never charge twice."
      />
      {attempts.length === 0 ? (
        <p className="px-4 py-5 text-sm text-muted">Nothing was sent to the provider yet.</p>
      ) : null}
      <ol>
        {attempts.map((attempt) => (
          <li key={attempt.id} className="border-line px-4 py-3 not-last:border-b">
            <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5">
              <span className="flex items-center gap-2.5 text-sm font-medium">
                Attempt {attempt.attemptNo}
                {attempt.orderIds.length < orders.length ? (
                  <span className="font-normal text-muted">{sellersOf(attempt, orders)}</span>
                ) : null}
                <AttemptStatusBadge status={attempt.state} />
              </span>
              <Amount value={attempt.amount} currency={attempt.currency} className="text-sm font-medium" />
            </div>
            {attempt.declineCode || attempt.error ? (
              <p className="mt-1.5 text-sm">
                {attempt.declineCode ? <span className="font-medium">{humanize(attempt.declineCode)}</span> : null}
                {attempt.declineCode && attempt.error ? ': ' : null}
                {attempt.error ? <span className="text-muted">{attempt.error}</span> : null}
              </p>
            ) : null}
            <p className="mt-1.5 flex flex-wrap gap-x-3 gap-y-0.5 text-xs text-subtle">
              <Time value={attempt.createdAt} full />
              {attempt.cardLast4 ? <span>card ending {attempt.cardLast4}</span> : null}
              {attempt.latencyMs === null ? null : <span className="tabular">{attempt.latencyMs} ms</span>}
              {attempt.tries > 0 ? <span>{count(attempt.tries, 'unanswered call')}</span> : null}
              {attempt.resolveAt && !attempt.finishedAt ? (
                <span>
                  asked again at <Time value={attempt.resolveAt} full />
                </span>
              ) : null}
            </p>
            <div className="mt-1 grid text-xs text-muted">
              <CopyId value={attempt.id} label="attempt" />
              {attempt.pspSessionId ? <CopyId value={attempt.pspSessionId} label="provider’s session" /> : null}
              {attempt.pspPaymentId ? <CopyId value={attempt.pspPaymentId} label="provider’s payment" /> : null}
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function sellersOf(attempt: Attempt, orders: AttemptsCardProps['orders']): string {
  const names = orders
    .filter((order) => attempt.orderIds.includes(order.paymentOrderId))
    .map((order) => order.sellerName);
  return `for ${new Intl.ListFormat('en').format(new Set(names))}`;
}
