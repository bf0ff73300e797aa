import { ArrowLeft } from 'lucide-react';
import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { FactLink } from '../console/fact-link.tsx';
import { PageHeader } from '../console/page-header.tsx';
import { Pager } from '../console/pager.tsx';
import { Time } from '../console/time.tsx';
import { ACCOUNT_WORDS, TRANSACTION_WORDS } from '../console/words.ts';
import { Amount } from '../money/amount.tsx';
import { Card } from '../ui/card.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table.tsx';

export interface AccountStatementProps {
  readonly accountId: string;
  readonly statement: RouterOutputs['admin']['ledger']['statement'];
  readonly cursor: string | null;
}

/** The lines of an owner or an account, newest first, each with the balance after it as the books carry it. */
export function AccountStatement({
  accountId,
  statement: { accounts, lines, nextCursor },
  cursor,
}: AccountStatementProps) {
  const path = `/admin/ledger/${encodeURIComponent(accountId)}`;
  return (
    <>
      <Link
        href="/admin/ledger"
        className="mb-4 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-4" />
        Ledger
      </Link>
      <PageHeader
        title={<span className="wrap-anywhere">{accountId}</span>}
        purpose="Debits are positive and credits negative, as the books carry them."
      />
      <Card>
        <dl className="flex flex-wrap gap-x-8 gap-y-3 border-b border-line px-4 py-3">
          {accounts.map((account) => (
            <div key={account.code}>
              <dt className="text-xs text-subtle">
                {ACCOUNT_WORDS[account.kind]} {account.currency}
              </dt>
              <dd className="text-base font-semibold">
                <Amount value={account.balance} currency={account.currency} />
              </dd>
            </div>
          ))}
        </dl>
        <Table label={`Statement of ${accountId}`}>
          <TableHead>
            <tr>
              <TableHeader className="max-sm:hidden">When (UTC)</TableHeader>
              <TableHeader>What</TableHeader>
              {accounts.length > 1 ? <TableHeader className="max-md:hidden">Account</TableHeader> : null}
              <TableHeader numeric>Debit</TableHeader>
              <TableHeader numeric>Credit</TableHeader>
              <TableHeader numeric>Balance</TableHeader>
            </tr>
          </TableHead>
          <TableBody>
            {lines.map((line) => (
              <TableRow key={`${line.accountCode} ${line.seq}`}>
                <TableCell className="text-muted max-sm:hidden">
                  <Time value={line.recordedAt} />
                </TableCell>
                <TableCell>
                  <FactLink door="admin" page={line.page}>
                    {TRANSACTION_WORDS[line.transactionKind]}
                  </FactLink>
                  <span className="code-id block text-xs text-subtle max-sm:hidden">{line.sourceId}</span>
                  <Time value={line.recordedAt} className="block text-xs text-subtle sm:hidden" />
                </TableCell>
                {accounts.length > 1 ? (
                  <TableCell className="code-id text-xs text-muted max-md:hidden">{line.accountCode}</TableCell>
                ) : null}
                <TableCell numeric>
                  {line.debit ? <Amount value={line.debit} currency={line.currency} /> : null}
                </TableCell>
                <TableCell numeric>
                  {line.credit ? <Amount value={line.credit} currency={line.currency} /> : null}
                </TableCell>
                <TableCell numeric className="font-medium">
                  <Amount value={line.balance} currency={line.currency} />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
        <Pager older={nextCursor && `${path}?cursor=${nextCursor}`} newest={cursor && path} />
      </Card>
    </>
  );
}
