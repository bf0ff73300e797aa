import { Landmark } from 'lucide-react';
import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { Follow } from '../console/follow.tsx';
import { Pager } from '../console/pager.tsx';
import { Time } from '../console/time.tsx';
import { Amount } from '../money/amount.tsx';
import { PayoutStatusBadge } from '../status/status-badge.tsx';
import { OPEN_PAYOUTS } from '../status/statuses.ts';
import { Card } from '../ui/card.tsx';
import { cn } from '../ui/cn.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table.tsx';
import { PAYOUT_TABS, type PayoutSearch, type PayoutTab, payoutSearchUrl } from './payout-search.ts';

export interface PayoutsListProps {
  readonly payouts: RouterOutputs['seller']['payouts']['list'];
  readonly search: PayoutSearch;
  /** Address of the list; a payout stands below it. */
  readonly path: string;
  /** Whether payouts of several sellers stand here. */
  readonly ofAll?: boolean;
}

/** Payouts, newest first, of one seller or of all. */
export function PayoutsList({ payouts: { rows, names, nextCursor }, search, path, ofAll = false }: PayoutsListProps) {
  const { status, cursor } = search;
  return (
    <Card>
      {rows.some((row) => OPEN_PAYOUTS.has(row.state)) ? <Follow /> : null}
      <nav aria-label="Status" className="flex gap-4 overflow-x-auto border-b border-line px-4">
        {(Object.keys(PAYOUT_TABS) as PayoutTab[]).map((tab) => (
          <Link
            key={tab}
            href={payoutSearchUrl(path, { status: tab })}
            aria-current={tab === status ? 'page' : undefined}
            className={cn(
              '-mb-px flex h-10 shrink-0 items-center border-b-2 border-transparent text-sm text-muted -outline-offset-2 hover:text-ink',
              tab === status && 'border-accent font-medium text-ink',
            )}
          >
            {PAYOUT_TABS[tab].word}
          </Link>
        ))}
      </nav>
      {rows.length === 0 ? (
        <EmptyState icon={Landmark} title={status === 'all' ? 'No payouts yet' : 'No payout stands like this'}>
          {ofAll ? 'What sellers have paid out stands here.' : 'What goes to your bank stands here, line by line.'}
        </EmptyState>
      ) : (
        <PayoutsTable rows={rows} names={names} path={path} ofAll={ofAll} />
      )}
      <Pager
        older={nextCursor && payoutSearchUrl(path, { status, cursor: nextCursor })}
        newest={cursor && payoutSearchUrl(path, { status })}
      />
    </Card>
  );
}

type TableProps = Pick<PayoutsListProps['payouts'], 'rows' | 'names'> &
  Required<Pick<PayoutsListProps, 'path' | 'ofAll'>>;

function PayoutsTable({ rows, names, path, ofAll }: TableProps) {
  return (
    <Table label="Payouts">
      <TableHead>
        <tr>
          <TableHeader>{ofAll ? 'Seller' : 'To'}</TableHeader>
          <TableHeader className="max-md:hidden">Requested (UTC)</TableHeader>
          <TableHeader className="max-lg:hidden">By</TableHeader>
          <TableHeader className="max-sm:hidden">Status</TableHeader>
          <TableHeader numeric>Amount</TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.id} className="relative">
            <TableCell className="max-w-64">
              <Link href={`${path}/${row.id}`} className="block truncate font-medium after:absolute after:inset-0">
                {ofAll ? row.sellerName : bankName(row.bank)}
              </Link>
              {ofAll ? <span className="block truncate text-xs text-subtle">{bankName(row.bank)}</span> : null}
              <Time value={row.createdAt} className="block text-xs text-subtle md:hidden" />
              <span className="mt-1.5 block sm:hidden">
                <PayoutStatusBadge status={row.state} />
              </span>
            </TableCell>
            <TableCell className="text-muted max-md:hidden">
              <Time value={row.createdAt} />
            </TableCell>
            <TableCell className="text-muted max-lg:hidden">{personOf(row.requestedBy, names)}</TableCell>
            <TableCell className="max-sm:hidden">
              <PayoutStatusBadge status={row.state} />
            </TableCell>
            <TableCell numeric className="font-medium">
              <Amount value={row.amount} currency={row.currency} withCode />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

export function bankName({ bankName: name, last4 }: { readonly bankName: string; readonly last4: string }): string {
  return `${name || 'Bank account'} ···· ${last4}`;
}

/** `user:…`, `key:…`, `schedule`, `policy` and `worker` as people say them; a seller is not told who acts for others. */
export function personOf(actor: string, names: PayoutsListProps['payouts']['names']): string {
  return WHO[actor] ?? names[actor] ?? OTHERS[actor.split(':')[0] ?? ''] ?? actor;
}

const WHO: Readonly<Record<string, string>> = {
  schedule: 'Schedule',
  policy: 'Policy, below the limit',
  worker: 'Learned from the provider',
  webhook: 'Learned from a webhook',
};

const OTHERS: Readonly<Record<string, string>> = { user: 'The marketplace', key: 'An API key' };
