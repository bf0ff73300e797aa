import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { RouterOutputs } from '#trpc';
import { Amount } from '../money/amount.tsx';
import { Card } from '../ui/card.tsx';
import { cn } from '../ui/cn.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Time } from './time.tsx';
import { ACCOUNT_WORDS, TRANSACTION_WORDS } from './words.ts';

type Transaction = RouterOutputs['admin']['payments']['get']['transactions'][number];

/** One ledger transaction, drawn as a two-sided T: debits left, credits right, and both totals. */
export function PostingCard({ transaction }: { readonly transaction: Transaction }) {
  const { id, kind, sourceId, recordedAt, entries, totals } = transaction;
  return (
    <Card aria-label={`${TRANSACTION_WORDS[kind]}, ${sourceId}`}>
      <header className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 border-b border-line px-4 py-3">
        <h3 className="text-sm font-semibold">
          {TRANSACTION_WORDS[kind]} <span className="code-id font-normal text-muted">{sourceId}</span>
        </h3>
        <p className="flex items-center gap-1 text-xs text-subtle">
          <Time value={recordedAt} full />
          <CopyButton value={id} label="Copy the id of the ledger transaction" />
        </p>
      </header>
      <div className="grid sm:grid-cols-2 sm:divide-x sm:divide-line">
        <Side title="Debit" entries={entries.filter((entry) => entry.debit)} />
        <Side title="Credit" entries={entries.filter((entry) => entry.credit)} />
      </div>
      <footer className="border-t border-line px-4 py-2.5">
        {totals.map((total) => (
          <Totals key={total.currency} total={total} />
        ))}
      </footer>
    </Card>
  );
}

function Side({ title, entries }: { readonly title: 'Debit' | 'Credit'; readonly entries: Transaction['entries'] }) {
  return (
    <div className="px-4 py-2.5 not-first:border-t not-first:border-line sm:not-first:border-t-0">
      <h4 className="text-xs font-medium text-muted">{title}</h4>
      <ul>
        {entries.map((entry) => (
          <li key={entry.accountCode} className="flex items-baseline justify-between gap-4 py-1.5">
            <span className="min-w-0">
              <span className="block text-sm">{ACCOUNT_WORDS[entry.accountKind]}</span>
              <span className="code-id block text-xs text-subtle">{entry.accountCode}</span>
            </span>
            <Amount value={entry.debit ?? entry.credit ?? '0'} currency={entry.currency} className="text-sm" />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Totals({ total }: { readonly total: Transaction['totals'][number] }) {
  const balanced = total.debits === total.credits;
  const Icon = balanced ? CircleCheck : TriangleAlert;
  return (
    <p
      className={cn(
        'flex flex-wrap items-center gap-x-1.5 text-xs',
        balanced ? 'text-positive-text' : 'text-negative-text',
      )}
    >
      <Icon aria-hidden className="size-3.5" />
      <span className="font-medium">{balanced ? 'Balanced' : 'Not balanced'}</span>
      <span className="text-muted">
        Σ debit <Amount value={total.debits} currency={total.currency} /> − Σ credit{' '}
        <Amount value={total.credits} currency={total.currency} /> ={' '}
        <Amount value={total.difference} currency={total.currency} />
      </span>
    </p>
  );
}
