import { Scale } from 'lucide-react';
import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { Follow } from '../console/follow.tsx';
import { Pager } from '../console/pager.tsx';
import { Time } from '../console/time.tsx';
import { beginning } from '../console/words.ts';
import { Amount } from '../money/amount.tsx';
import { DisputeStatusBadge } from '../status/status-badge.tsx';
import { OPEN_DISPUTES } from '../status/statuses.ts';
import { Card } from '../ui/card.tsx';
import { cn } from '../ui/cn.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table.tsx';
import { disputeSearchUrl } from './dispute-search.ts';
import { DISPUTE_TABS, type DisputeTab } from './dispute-words.ts';

type Row = RouterOutputs['seller']['disputes']['list']['rows'][number];

export interface DisputesListProps {
  /** Address of the list; a dispute's page lies below it. */
  readonly path: string;
  readonly rows: readonly (Row & { readonly amount?: string })[];
  readonly nextCursor: string | null;
  readonly search: { readonly status: DisputeTab; readonly cursor: string | null };
}

/** Disputes, those to be answered with the time that is left. */
export function DisputesList({ path, rows, nextCursor, search: { status, cursor } }: DisputesListProps) {
  return (
    <Card>
      {rows.some((row) => OPEN_DISPUTES.has(row.state)) ? <Follow /> : null}
      <nav aria-label="Status" className="flex gap-4 overflow-x-auto border-b border-line px-4">
        {(Object.keys(DISPUTE_TABS) as DisputeTab[]).map((tab) => (
          <Link
            key={tab}
            href={disputeSearchUrl(path, { status: tab, cursor: null })}
            aria-current={tab === status ? 'page' : undefined}
            className={cn(
              '-mb-px flex h-10 shrink-0 items-center border-b-2 border-transparent text-sm text-muted -outline-offset-2 hover:text-ink',
              tab === status && 'border-accent font-medium text-ink',
            )}
          >
            {DISPUTE_TABS[tab].word}
          </Link>
        ))}
      </nav>
      {rows.length === 0 ? (
        <EmptyState icon={Scale} title={status === 'all' ? 'No disputes' : 'No dispute stands like this'}>
          When a buyer asks the bank to take a payment back, it stands here with the time to answer.
        </EmptyState>
      ) : (
        <DisputesTable path={path} rows={rows} />
      )}
      <Pager
        older={nextCursor && disputeSearchUrl(path, { status, cursor: nextCursor })}
        newest={cursor && disputeSearchUrl(path, { status, cursor: null })}
      />
    </Card>
  );
}

function DisputesTable({ path, rows }: Pick<DisputesListProps, 'path' | 'rows'>) {
  return (
    <Table label="Disputes">
      <TableHead>
        <tr>
          <TableHeader>Reason</TableHeader>
          <TableHeader className="max-md:hidden">Opened (UTC)</TableHeader>
          <TableHeader className="max-md:hidden">Answer until (UTC)</TableHeader>
          <TableHeader className="max-sm:hidden">Status</TableHeader>
          <TableHeader numeric>Amount</TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.id} className="relative">
            <TableCell className="max-w-52">
              <Link
                href={`${path}/${encodeURIComponent(row.id)}`}
                className="block truncate font-medium after:absolute after:inset-0"
              >
                {beginning(row.reason)}
              </Link>
              {row.answerable && row.dueBy ? (
                <span className="block text-xs text-subtle md:hidden">
                  until <Time value={row.dueBy} />
                </span>
              ) : null}
              <span className="mt-1.5 block sm:hidden">
                <DisputeStatusBadge status={row.state} />
              </span>
            </TableCell>
            <TableCell className="text-muted max-md:hidden">
              <Time value={row.openedAt} />
            </TableCell>
            <TableCell className="text-muted max-md:hidden">
              {row.answerable && row.dueBy ? <Time value={row.dueBy} /> : '–'}
            </TableCell>
            <TableCell className="max-sm:hidden">
              <DisputeStatusBadge status={row.state} />
            </TableCell>
            <TableCell numeric className="font-medium">
              <RowAmount row={row} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

/** Of the whole dispute for the operator; for a seller what of the own orders is disputed. */
function RowAmount({ row }: { readonly row: DisputesListProps['rows'][number] }) {
  if (row.amount !== undefined) return <Amount value={row.amount} currency={row.currency} />;
  return row.orders.map((order) => (
    <Amount key={order.paymentOrderId} value={order.disputed} currency={row.currency} className="block" />
  ));
}
