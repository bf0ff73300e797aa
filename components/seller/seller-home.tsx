import { Wallet } from 'lucide-react';
import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { PageHeader } from '../console/page-header.tsx';
import { Time } from '../console/time.tsx';
import { Amount } from '../money/amount.tsx';
import { OrderStatusBadge } from '../status/status-badge.tsx';
import { buttonVariants } from '../ui/button.tsx';
import { Card, CardHeader } from '../ui/card.tsx';
import { cn } from '../ui/cn.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { WalletCard } from './wallet-card.tsx';

/** Payments shown on the first page; the list has the rest. */
const RECENT = 6;

export interface SellerHomeProps {
  readonly wallet: RouterOutputs['seller']['wallet'];
  readonly payments: RouterOutputs['seller']['payments'];
}

export function SellerHome({ wallet, payments }: SellerHomeProps) {
  return (
    <>
      <PageHeader
        title="Wallet"
        purpose="What the market owes you. Each number leads to the lines of the ledger that make it."
      />
      <div className="grid gap-4">
        {wallet.balances.map((balance) => (
          <WalletCard key={balance.currency} balance={balance} />
        ))}
        {wallet.balances.length === 0 ? <NothingEarned /> : null}
        {payments.rows.length > 0 ? <RecentPayments rows={payments.rows.slice(0, RECENT)} /> : null}
      </div>
    </>
  );
}

function NothingEarned() {
  return (
    <Card>
      <EmptyState
        icon={Wallet}
        title="Nothing earned yet"
        action={
          <Link href="/shop" className={buttonVariants({ variant: 'primary', size: 'sm' })}>
            Buy something in the shop
          </Link>
        }
      >
        Your wallet opens with your first sale, one balance per currency.
      </EmptyState>
    </Card>
  );
}

function RecentPayments({ rows }: { readonly rows: SellerHomeProps['payments']['rows'] }) {
  return (
    <Card>
      <CardHeader
        title="Latest payments"
        className="items-center"
        action={
          <Link href="/seller/payments" className={buttonVariants({ size: 'sm' })}>
            All payments
          </Link>
        }
      />
      <ul>
        {rows.map((row) => (
          <li
            key={row.paymentOrderId}
            className="relative grid grid-cols-[1fr_auto] items-center gap-x-4 border-line px-4 py-2.5 not-last:border-b hover:bg-hover sm:grid-cols-[1fr_8rem_7rem]"
          >
            <span className="min-w-0">
              <Link
                href={`/seller/payments/${encodeURIComponent(row.paymentOrderId)}`}
                className="block truncate text-sm font-medium after:absolute after:inset-0"
              >
                {row.description || row.paymentOrderId}
              </Link>
              <span className="block truncate text-xs text-subtle">
                {row.buyerName} · <Time value={row.createdAt} />
              </span>
            </span>
            <span className="max-sm:order-last max-sm:col-span-2 max-sm:mt-1.5">
              <OrderStatusBadge status={row.state} />
            </span>
            <Amount
              value={row.net}
              currency={row.currency}
              className={cn('text-sm', row.state === 'SUCCESS' ? 'font-medium' : 'text-subtle')}
            />
          </li>
        ))}
      </ul>
    </Card>
  );
}
