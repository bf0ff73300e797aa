import { CreditCard } from 'lucide-react';
import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { Pager } from '../console/pager.tsx';
import { PaymentFilters } from '../console/payment-filters.tsx';
import { paymentSearchUrl, type StatusTab } from '../console/payment-search.ts';
import { Time } from '../console/time.tsx';
import { Amount } from '../money/amount.tsx';
import { OrderStatusBadge } from '../status/status-badge.tsx';
import { buttonVariants } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table.tsx';

const PATH = '/seller/payments';

export interface SellerPaymentsProps {
  readonly payments: RouterOutputs['seller']['payments'];
  readonly search: { readonly status: StatusTab; readonly q: string; readonly cursor: string | null };
}

/** A seller's payments: what was sold, what stays after the commission, and how it stands. */
export function SellerPayments({ payments: { rows, nextCursor }, search }: SellerPaymentsProps) {
  const { status, q, cursor } = search;
  return (
    <Card>
      <PaymentFilters path={PATH} hint="Payment order id" />
      {rows.length === 0 ? (
        <NoPayments searched={q !== ''} filtered={status !== 'all' || q !== ''} />
      ) : (
        <PaymentsTable rows={rows} />
      )}
      <Pager
        older={nextCursor && paymentSearchUrl(PATH, { status, q, cursor: nextCursor })}
        newest={cursor && paymentSearchUrl(PATH, { status, q })}
      />
    </Card>
  );
}

function PaymentsTable({ rows }: { readonly rows: SellerPaymentsProps['payments']['rows'] }) {
  return (
    <Table label="Payments">
      <TableHead>
        <tr>
          <TableHeader>Sold</TableHeader>
          <TableHeader className="max-md:hidden">When (UTC)</TableHeader>
          <TableHeader className="max-lg:hidden">Buyer</TableHeader>
          <TableHeader className="max-sm:hidden">Status</TableHeader>
          <TableHeader numeric className="max-sm:hidden">
            Amount
          </TableHeader>
          <TableHeader numeric className="max-md:hidden">
            Commission
          </TableHeader>
          <TableHeader numeric>You earn</TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.paymentOrderId} className="relative">
            <TableCell className="max-w-64">
              <Link
                href={`${PATH}/${encodeURIComponent(row.paymentOrderId)}`}
                className="block truncate font-medium after:absolute after:inset-0"
              >
                {row.description || row.paymentOrderId}
              </Link>
              {row.description ? (
                <span className="code-id block truncate text-xs text-subtle max-sm:hidden">{row.paymentOrderId}</span>
              ) : null}
              <Time value={row.createdAt} className="block text-xs text-subtle md:hidden" />
              <span className="mt-1.5 block sm:hidden">
                <OrderStatusBadge status={row.state} />
              </span>
            </TableCell>
            <TableCell className="text-muted max-md:hidden">
              <Time value={row.createdAt} />
            </TableCell>
            <TableCell className="text-muted max-lg:hidden">{row.buyerName}</TableCell>
            <TableCell className="max-sm:hidden">
              <OrderStatusBadge status={row.state} />
            </TableCell>
            <TableCell numeric className="max-sm:hidden">
              <Amount value={row.amount} currency={row.currency} />
            </TableCell>
            <TableCell numeric className="text-muted max-md:hidden">
              <Amount value={row.commission} currency={row.currency} />
            </TableCell>
            <TableCell numeric className={row.state === 'SUCCESS' ? 'font-medium' : 'text-subtle'}>
              <Amount value={row.net} currency={row.currency} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function NoPayments({ searched, filtered }: { readonly searched: boolean; readonly filtered: boolean }) {
  return filtered ? (
    <EmptyState
      icon={CreditCard}
      title="No payment matches"
      action={
        <Link href={PATH} className={buttonVariants({ size: 'sm' })}>
          Clear filters
        </Link>
      }
    >
      {searched
        ? 'Search for the whole id of one of your payment orders.'
        : 'None of your payments stands like this right now.'}
    </EmptyState>
  ) : (
    <EmptyState
      icon={CreditCard}
      title="No payments yet"
      action={
        <Link href="/shop" className={buttonVariants({ size: 'sm' })}>
          Buy something in the shop
        </Link>
      }
    >
      Each order from a shopper to you stands here, whatever became of it.
    </EmptyState>
  );
}
