import { ArrowLeft } from 'lucide-react';
import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { CheckoutStatus } from '../console/checkout-status.tsx';
import { CopyId } from '../console/copy-id.tsx';
import { Follow } from '../console/follow.tsx';
import { isOnTheMove } from '../console/on-the-move.ts';
import { PostingCard } from '../console/posting-card.tsx';
import { RefundDialog } from '../console/refund-dialog.tsx';
import { RefundsCard } from '../console/refunds-card.tsx';
import { tellRefunds, tellStory } from '../console/story.ts';
import { Time } from '../console/time.tsx';
import { Timeline } from '../console/timeline.tsx';
import { Amount } from '../money/amount.tsx';
import { OrderStatusBadge } from '../status/status-badge.tsx';
import { Card, CardHeader } from '../ui/card.tsx';
import { AttemptsCard } from './attempts-card.tsx';
import { DisputesCard } from './disputes-card.tsx';
import { WebhooksCard } from './webhooks-card.tsx';
import { whyStatus } from './why-status.ts';

type Payment = RouterOutputs['admin']['payments']['get'];

/** Everything known about one payment. */
export function AdminPayment({ payment }: { readonly payment: Payment }) {
  const { checkout, transitions, attempts, refunds, webhooks, transactions } = payment;
  const story = [...tellStory(transitions, attempts, checkout.orders), ...tellRefunds(refunds)].toSorted(
    (one, other) => one.at.getTime() - other.at.getTime(),
  );
  return (
    <>
      <Link
        href="/admin/payments"
        className="mb-4 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-4" />
        Payments
      </Link>
      {isOnTheMove({ ...payment, status: checkout.status }, new Date()) ? <Follow /> : null}
      <PaymentHeader payment={payment} />
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] lg:items-start">
        <div className="grid min-w-0 gap-6">
          <OrdersCard orders={checkout.orders} />
          <Card>
            <CardHeader title="What happened" />
            {story.length > 0 ? (
              <Timeline lines={story} />
            ) : (
              <p className="px-4 py-5 text-sm text-muted">The buyer has not started to pay.</p>
            )}
          </Card>
          <AttemptsCard attempts={attempts} orders={checkout.orders} />
          <RefundsCard refunds={refunds} />
          <DisputesCard disputes={payment.disputes} />
          <WebhooksCard webhooks={webhooks} />
          <section id="books" aria-label="In the books" className="grid gap-3">
            <h2 className="text-sm font-semibold">In the books</h2>
            {transactions.map((transaction) => (
              <PostingCard key={transaction.id} transaction={transaction} />
            ))}
            {transactions.length === 0 ? (
              <p className="text-sm text-muted">Nothing is booked as long as nothing is paid.</p>
            ) : null}
          </section>
        </div>
        <Facts checkout={checkout} />
      </div>
    </>
  );
}

function PaymentHeader({ payment }: { readonly payment: Payment }) {
  const { checkout } = payment;
  const totals = Map.groupBy(checkout.orders, (order) => order.currency);
  return (
    <header className="mb-6">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="text-xl font-semibold">
          {checkout.total && checkout.currency ? (
            <Amount value={checkout.total} currency={checkout.currency} />
          ) : (
            `Payment in ${[...totals.keys()].join(' and ')}`
          )}
        </h1>
        <CheckoutStatus status={checkout.status} states={checkout.orders.map((order) => order.status)} />
        <RefundDialog
          door="admin"
          checkoutId={checkout.checkoutId}
          orders={checkout.orders.filter((order) => order.status === 'SUCCESS')}
        />
      </div>
      <p className="mt-1 max-w-3xl text-sm text-muted">{whyStatus(payment)}</p>
    </header>
  );
}

function OrdersCard({ orders }: { readonly orders: Payment['checkout']['orders'] }) {
  return (
    <Card>
      <CardHeader title="Orders" description="One per line of the basket, each credited to its own seller." />
      <ul>
        {orders.map((order) => (
          <li
            key={order.paymentOrderId}
            className="grid grid-cols-[1fr_auto] items-center gap-x-4 gap-y-1.5 border-line px-4 py-2.5 not-last:border-b sm:grid-cols-[1fr_auto_6.5rem]"
          >
            <div className="min-w-0">
              <p className="truncate text-sm">
                <span className="font-medium">{order.description || 'Order'}</span>
                <span className="text-muted"> · {order.sellerName}</span>
              </p>
              <CopyId value={order.paymentOrderId} label="payment order" className="text-xs text-subtle" />
            </div>
            <span className="max-sm:order-last">
              <OrderStatusBadge status={order.status} />
            </span>
            <span className="text-end">
              <Amount value={order.amount} currency={order.currency} className="block text-sm font-medium" />
              <Refunded order={order} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Refunded({ order }: { readonly order: Payment['checkout']['orders'][number] }) {
  if (!/[1-9]/.test(order.refunded)) return null;
  return (
    <span className="block text-xs text-muted">
      <Amount value={order.refunded} currency={order.currency} /> refunded
    </span>
  );
}

const PRINCIPALS: Readonly<Record<string, string>> = {
  key: 'API key',
  user: 'Signed-in shopper',
  guest: 'Guest',
  shop: 'Demo shop',
};

function Facts({ checkout }: { readonly checkout: Payment['checkout'] }) {
  const { buyer, principal } = checkout;
  const [kind = '', id] = principal.split(':');
  const facts = [
    { label: 'Buyer', value: buyer.name },
    { label: 'E-mail', value: <span className="wrap-anywhere">{buyer.email}</span> },
    { label: 'Buyer’s account', value: <CopyId value={buyer.userId} label="buyer" /> },
    { label: 'Checkout', value: <CopyId value={checkout.checkoutId} label="checkout" /> },
    { label: 'Way', value: checkout.flow === 'hosted' ? 'Hosted payment page' : 'Server to server' },
    {
      label: 'Opened by',
      value: (
        <>
          {PRINCIPALS[kind] ?? kind} {id ? <CopyId value={id} label="caller" /> : null}
        </>
      ),
    },
    { label: 'Opened', value: <Time value={new Date(checkout.createdAt)} full /> },
  ];
  return (
    <Card>
      <CardHeader title="Payment" />
      <dl className="grid gap-x-6 gap-y-3 p-4 text-sm sm:max-lg:grid-cols-2">
        {facts.map(({ label, value }) => (
          <div key={label} className="min-w-0">
            <dt className="text-xs text-subtle">{label}</dt>
            <dd className="mt-0.5">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
