import { ArrowLeft } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { RouterOutputs } from '#trpc';
import { CopyId } from '../console/copy-id.tsx';
import { Follow } from '../console/follow.tsx';
import { isOnTheMove } from '../console/on-the-move.ts';
import { PostingCard } from '../console/posting-card.tsx';
import { RefundDialog } from '../console/refund-dialog.tsx';
import { RefundsCard } from '../console/refunds-card.tsx';
import { tellStory } from '../console/story.ts';
import { Time } from '../console/time.tsx';
import { Timeline } from '../console/timeline.tsx';
import { Amount } from '../money/amount.tsx';
import { OrderStatusBadge } from '../status/status-badge.tsx';
import { ORDER_STATUS } from '../status/statuses.ts';
import { Card, CardHeader } from '../ui/card.tsx';
import { cn } from '../ui/cn.ts';

/** One order of a seller: what it earns, what happened, and how it is booked. */
export function SellerPayment({ payment }: { readonly payment: RouterOutputs['seller']['payment'] }) {
  const { order, transitions, attempts, refunds, transactions } = payment;
  return (
    <>
      <Link
        href="/seller/payments"
        className="mb-4 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-4" />
        Payments
      </Link>
      {isOnTheMove({ status: order.state, transitions, refunds }, new Date()) ? <Follow /> : null}
      <header className="mb-6">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="text-xl font-semibold">
            <Amount value={order.amount} currency={order.currency} />
          </h1>
          <OrderStatusBadge status={order.state} />
          <RefundDialog door="seller" orders={order.state === 'SUCCESS' ? [order] : []} />
        </div>
        <p className="mt-1 text-sm text-muted">
          {order.description || 'Order'} for {order.buyerName}. {ORDER_STATUS[order.state].meaning}
        </p>
      </header>
      <div className="grid gap-6 lg:grid-cols-[1fr_20rem] lg:items-start">
        <div className="grid gap-6">
          <Card>
            <CardHeader title="What happened" />
            {transitions.length > 0 ? (
              <Timeline lines={tellStory(transitions, attempts)} />
            ) : (
              <p className="px-4 py-5 text-sm text-muted">The buyer has not started to pay.</p>
            )}
          </Card>
          <RefundsCard refunds={refunds} />
          <section id="books" aria-label="In the books" className="grid gap-3">
            <h2 className="text-sm font-semibold">In the books</h2>
            {transactions.length > 0 ? (
              transactions.map((transaction) => <PostingCard key={transaction.id} transaction={transaction} />)
            ) : (
              <p className="text-sm text-muted">Nothing is booked as long as nothing is paid.</p>
            )}
          </section>
        </div>
        <Earnings order={order} />
      </div>
    </>
  );
}

function Earnings({ order }: { readonly order: RouterOutputs['seller']['payment']['order'] }) {
  const { amount, commission, net, refunded, currency } = order;
  return (
    <Card className="max-lg:order-first">
      <CardHeader title={order.state === 'SUCCESS' ? 'What you earn' : 'What you would earn'} />
      <dl className="grid gap-2 p-4 text-sm">
        <Line label="The buyer pays" value={<Amount value={amount} currency={currency} />} />
        <Line label="Commission" value={<Amount value={`-${commission}`} currency={currency} />} />
        <Line
          className="border-t border-line pt-2 font-semibold"
          label={order.state === 'SUCCESS' ? 'You earn' : 'You would earn'}
          value={<Amount value={net} currency={currency} />}
        />
        {/[1-9]/.test(refunded) ? (
          <Line label="Refunded to the buyer" value={<Amount value={refunded} currency={currency} />} />
        ) : null}
      </dl>
      <dl className="grid gap-2 border-t border-line p-4 text-sm">
        <Line label="Opened" value={<Time value={order.createdAt} full />} />
        <div>
          <dt className="text-muted">Payment order</dt>
          <dd>
            <CopyId value={order.paymentOrderId} label="payment order" />
          </dd>
        </div>
      </dl>
    </Card>
  );
}

interface LineProps {
  readonly label: string;
  readonly value: ReactNode;
  readonly className?: string;
}

function Line({ label, value, className }: LineProps) {
  return (
    <div className={cn('flex items-baseline justify-between gap-4', className)}>
      <dt className="text-muted">{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
