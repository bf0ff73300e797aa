import { ScrollText } from 'lucide-react';
import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { FactLink } from '../console/fact-link.tsx';
import { Pager } from '../console/pager.tsx';
import { Time } from '../console/time.tsx';
import { TRANSACTION_WORDS } from '../console/words.ts';
import { Amount } from '../money/amount.tsx';
import { buttonVariants } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { cn } from '../ui/cn.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table.tsx';
import { PART_OF_KIND, PART_WORDS, type Part, statementUrl } from './statement-search.ts';

type Balances = RouterOutputs['seller']['wallet']['balances'];

export interface StatementTableProps {
  readonly statement: RouterOutputs['seller']['statement'];
  readonly balances: Balances;
  readonly selected: {
    readonly part: Part | null;
    readonly currency: Balances[number]['currency'] | null;
    readonly cursor: string | null;
  };
}

const PATH = '/seller/statement';

/** A seller's lines of the ledger, newest first, each with the balance of its account after it. */
export function StatementTable({ statement: { lines, nextCursor }, balances, selected }: StatementTableProps) {
  const { part, currency, cursor } = selected;
  return (
    <Card>
      <AccountTabs balances={balances} selected={selected} />
      {lines.length === 0 ? (
        <NoLines filtered={part !== null} />
      ) : (
        <Table label="Statement">
          <TableHead>
            <tr>
              <TableHeader className="max-sm:hidden">When (UTC)</TableHeader>
              <TableHeader>What</TableHeader>
              <TableHeader className="max-sm:hidden">Account</TableHeader>
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
                  <FactLink door="seller" page={line.page}>
                    {TRANSACTION_WORDS[line.transactionKind]}
                  </FactLink>
                  <span className="code-id block text-xs text-subtle max-sm:hidden">{line.sourceId}</span>
                  <Time value={line.recordedAt} className="block text-xs text-subtle sm:hidden" />
                </TableCell>
                <TableCell className="whitespace-nowrap text-muted max-sm:hidden">
                  {PART_WORDS[PART_OF_KIND[line.accountKind] ?? 'pending'].name} {line.currency}
                </TableCell>
                <TableCell numeric>
                  {line.debit ? <Amount value={line.debit} currency={line.currency} /> : null}
                </TableCell>
                <TableCell numeric>
                  {line.credit ? <Amount value={line.credit} currency={line.currency} /> : null}
                </TableCell>
                <TableCell numeric className="font-medium">
                  <Amount value={line.owed} currency={line.currency} />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
      <Pager
        older={nextCursor && statementUrl(PATH, { part, currency, cursor: nextCursor })}
        newest={cursor && statementUrl(PATH, { part, currency })}
      />
    </Card>
  );
}

function AccountTabs({ balances, selected }: Pick<StatementTableProps, 'balances' | 'selected'>) {
  const currencies = balances.map((balance) => balance.currency);
  const parts = Object.keys(PART_WORDS) as Part[];
  const tabs = currencies.flatMap((currency) =>
    parts.map((part) => ({ part, currency, word: `${PART_WORDS[part].name} ${currency}` })),
  );
  return (
    <nav aria-label="Account" className="flex gap-4 overflow-x-auto border-b border-line px-4">
      {[{ part: null, currency: null, word: 'All accounts' }, ...tabs].map(({ part, currency, word }) => {
        const current = part === selected.part && currency === selected.currency;
        return (
          <Link
            key={word}
            href={statementUrl(PATH, { part, currency, cursor: null })}
            aria-current={current ? 'page' : undefined}
            className={cn(
              '-mb-px flex h-10 shrink-0 items-center border-b-2 border-transparent text-sm text-muted -outline-offset-2 hover:text-ink',
              current && 'border-accent font-medium text-ink',
            )}
          >
            {word}
          </Link>
        );
      })}
    </nav>
  );
}

function NoLines({ filtered }: { readonly filtered: boolean }) {
  return filtered ? (
    <EmptyState
      icon={ScrollText}
      title="This account has no lines yet"
      action={
        <Link href={PATH} className={buttonVariants({ size: 'sm' })}>
          Show all accounts
        </Link>
      }
    >
      Money gets here when it moves on from another account.
    </EmptyState>
  ) : (
    <EmptyState
      icon={ScrollText}
      title="Nothing is booked yet"
      action={
        <Link href="/shop" className={buttonVariants({ size: 'sm' })}>
          Buy something in the shop
        </Link>
      }
    >
      Your first sale writes the first line.
    </EmptyState>
  );
}
