import { BookOpenCheck, CircleCheck, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { count } from '../console/duration.ts';
import { ACCOUNT_WORDS } from '../console/words.ts';
import { Amount } from '../money/amount.tsx';
import { Card, CardHeader } from '../ui/card.tsx';
import { cn } from '../ui/cn.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table.tsx';

type Currency = RouterOutputs['admin']['ledger']['trialBalance']['currencies'][number];

/** Kinds of account that belong to the platform: one account per currency, so the line leads straight to its statement. */
const PLATFORM_KINDS = new Set([
  'platform_fees',
  'psp_clearing',
  'psp_fees',
  'bank_cash',
  'dispute_receivable',
  'platform_loss',
  'suspense',
  'fx_clearing',
]);

/** One table per currency: every kind of account in its debit or credit column, and the two sums. */
export function TrialBalance({ currencies }: { readonly currencies: readonly Currency[] }) {
  if (currencies.length === 0) {
    return (
      <Card>
        <EmptyState icon={BookOpenCheck} title="The books are empty">
          The first paid order opens the first accounts.
        </EmptyState>
      </Card>
    );
  }
  return (
    <div className="grid gap-6">
      {currencies.map((currency) => (
        <CurrencyTable key={currency.currency} {...currency} />
      ))}
    </div>
  );
}

function CurrencyTable({ currency, balanced, debits, credits, difference, lines }: Currency) {
  const Icon = balanced ? CircleCheck : TriangleAlert;
  return (
    <Card>
      <CardHeader
        title={currency}
        action={
          <span
            className={cn(
              'flex items-center gap-1.5 text-sm font-medium',
              balanced ? 'text-positive-text' : 'text-negative-text',
            )}
          >
            <Icon aria-hidden className="size-4" />
            {balanced ? 'Balanced' : 'Not balanced'}, Δ <Amount value={difference} currency={currency} />
          </span>
        }
      />
      <Table label={`Trial balance in ${currency}`} className="max-sm:[&_td]:px-2 max-sm:[&_th]:px-2">
        <TableHead>
          <tr>
            <TableHeader>Account</TableHeader>
            <TableHeader numeric className="w-32 max-sm:hidden">
              How many
            </TableHeader>
            <TableHeader numeric className="sm:w-40">
              Debit
            </TableHeader>
            <TableHeader numeric className="sm:w-40">
              Credit
            </TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {lines.map((line) => (
            <TableRow key={line.kind} className="relative">
              <TableCell>
                {PLATFORM_KINDS.has(line.kind) ? (
                  <Link
                    href={`/admin/ledger/${line.kind}:platform:${currency}`}
                    className="font-medium after:absolute after:inset-0"
                  >
                    {ACCOUNT_WORDS[line.kind]}
                  </Link>
                ) : (
                  <span className="font-medium">{ACCOUNT_WORDS[line.kind]}</span>
                )}
                <span className="block text-xs text-subtle first-letter:uppercase max-sm:hidden">{line.holds}</span>
              </TableCell>
              <TableCell numeric className="text-muted max-sm:hidden">
                {count(line.accounts, 'account')}
              </TableCell>
              <TableCell numeric>
                {Number(line.debits) === 0 ? null : <Amount value={line.debits} currency={currency} />}
              </TableCell>
              <TableCell numeric>
                {Number(line.credits) === 0 ? null : <Amount value={line.credits} currency={currency} />}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
        <tfoot className="font-semibold">
          <tr>
            <TableCell className="border-t border-b-0 border-line-strong">Sum</TableCell>
            <TableCell className="border-t border-b-0 border-line-strong max-sm:hidden" />
            <TableCell numeric className="border-t border-b-0 border-line-strong">
              <Amount value={debits} currency={currency} />
            </TableCell>
            <TableCell numeric className="border-t border-b-0 border-line-strong">
              <Amount value={credits} currency={currency} />
            </TableCell>
          </tr>
        </tfoot>
      </Table>
    </Card>
  );
}
