import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { CheckoutStatus } from '../console/checkout-status.tsx';
import { Time } from '../console/time.tsx';
import { Amount } from '../money/amount.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table.tsx';

type Row = RouterOutputs['admin']['payments']['list']['rows'][number];

/** Payments in rows; the whole row leads to the payment. */
export function CheckoutsTable({ rows }: { readonly rows: readonly Row[] }) {
  return (
    <Table label="Payments">
      <TableHead>
        <tr>
          <TableHeader>Buyer</TableHeader>
          <TableHeader className="max-xl:hidden">Checkout</TableHeader>
          <TableHeader className="max-lg:hidden">Sellers</TableHeader>
          <TableHeader className="max-md:hidden">When (UTC)</TableHeader>
          <TableHeader className="max-sm:hidden">Status</TableHeader>
          <TableHeader numeric>Amount</TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.checkoutId} className="relative">
            <TableCell className="max-w-44 sm:max-w-60">
              <Link
                href={`/admin/payments/${encodeURIComponent(row.checkoutId)}`}
                className="block truncate font-medium after:absolute after:inset-0"
              >
                {row.buyerName}
              </Link>
              <span className="block truncate text-xs text-subtle">{row.buyerEmail}</span>
              <Time value={row.createdAt} className="block text-xs text-subtle md:hidden" />
              <span className="mt-1.5 block sm:hidden">
                <CheckoutStatus status={row.status} states={row.states} />
              </span>
            </TableCell>
            <TableCell className="max-w-52 max-xl:hidden">
              <span className="code-id block truncate text-xs text-muted" title={row.checkoutId}>
                {row.checkoutId}
              </span>
            </TableCell>
            <TableCell className="max-w-56 max-lg:hidden">
              <span className="block truncate text-muted">{row.sellers.join(', ')}</span>
            </TableCell>
            <TableCell className="text-muted max-md:hidden">
              <Time value={row.createdAt} />
            </TableCell>
            <TableCell className="max-sm:hidden">
              <CheckoutStatus status={row.status} states={row.states} />
            </TableCell>
            <TableCell numeric className="font-medium">
              {row.totals.map((total) => (
                <Amount key={total.currency} value={total.amount} currency={total.currency} className="block" />
              ))}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
