import { CreditCard } from 'lucide-react';
import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { Pager } from '../console/pager.tsx';
import { PaymentFilters } from '../console/payment-filters.tsx';
import { paymentSearchUrl, type StatusTab } from '../console/payment-search.ts';
import { buttonVariants } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { CheckoutsTable } from './checkouts-table.tsx';

const PATH = '/admin/payments';

export interface AdminPaymentsProps {
  readonly payments: RouterOutputs['admin']['payments']['list'];
  readonly search: { readonly status: StatusTab; readonly q: string; readonly cursor: string | null };
}

export function AdminPayments({ payments: { rows, nextCursor }, search }: AdminPaymentsProps) {
  const { status, q, cursor } = search;
  return (
    <Card>
      <PaymentFilters path={PATH} hint="Any id, or an e-mail address" />
      {rows.length === 0 ? (
        <NoPayments searched={q !== ''} filtered={status !== 'all' || q !== ''} />
      ) : (
        <CheckoutsTable rows={rows} />
      )}
      <Pager
        older={nextCursor && paymentSearchUrl(PATH, { status, q, cursor: nextCursor })}
        newest={cursor && paymentSearchUrl(PATH, { status, q })}
      />
    </Card>
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
        ? 'Ids are searched as a whole: of a checkout, an order, an attempt, a refund, a dispute, a payout, the provider or a webhook.'
        : 'No payment stands like this right now.'}
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
      The first payment from the shop or the API stands here.
    </EmptyState>
  );
}
