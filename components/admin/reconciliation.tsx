import { Scale } from 'lucide-react';
import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { Pager } from '../console/pager.tsx';
import { Badge } from '../ui/badge.tsx';
import { Card, CardHeader } from '../ui/card.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table.tsx';
import { type DifferenceSearch, differenceSearchUrl } from './difference-search.ts';
import { CLASS_WORDS, DIFFERENCE_WORDS } from './difference-words.ts';
import { DifferencesCard } from './differences-card.tsx';
import { ReconciledDays } from './reconciled-days.tsx';

type Outputs = RouterOutputs['admin']['reconciliation'];

export interface ReconciliationProps {
  readonly days: Outputs['days'];
  readonly counts: Outputs['counts'];
  readonly list: Outputs['differences'];
  readonly search: DifferenceSearch;
}

const PATH = '/admin/reconciliation';

/** Whether the outside agrees with the books: what is open by type, then one by one, then the days. */
export function Reconciliation({ days, counts, list, search }: ReconciliationProps) {
  if (days.days.length === 0 && !search.days) {
    return (
      <EmptyState icon={Scale} title="No day is reconciled yet">
        Every night the files of the day before are compared with the books.{' '}
        <code className="code-id">npm run reconcile</code> does it now.
      </EmptyState>
    );
  }
  return (
    <div className="grid gap-6">
      {counts.length > 0 ? <CountsCard counts={counts} /> : null}
      <DifferencesCard list={list} search={search} path={PATH} />
      <Card>
        <CardHeader title="Days" description="What the files hold, and what the books say that they must hold." />
        <ReconciledDays days={days.days} />
        <Pager
          older={days.nextCursor && differenceSearchUrl(PATH, { ...search, days: days.nextCursor })}
          newest={search.days && differenceSearchUrl(PATH, { ...search, days: null })}
        />
      </Card>
    </div>
  );
}

function CountsCard({ counts }: { readonly counts: Outputs['counts'] }) {
  return (
    <Card>
      <CardHeader
        title="Open, by type"
        description="They wait here, and no money moves for them. A rule fixes what it can; the rest is closed by a later file, or by a person."
      />
      <Table label="Open differences by type">
        <TableHead className="bg-transparent">
          <tr>
            <TableHeader>Type</TableHeader>
            <TableHeader>Class</TableHeader>
            <TableHeader className="max-md:hidden">Since the day</TableHeader>
            <TableHeader numeric>Open</TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {counts.map(({ type, class: itsClass, count, oldestDay }) => (
            <TableRow key={type} className="relative">
              <TableCell>
                <Link href={differenceSearchUrl(PATH, { type })} className="font-medium after:absolute after:inset-0">
                  {DIFFERENCE_WORDS[type].word}
                </Link>
                <span className="block text-xs text-subtle max-sm:hidden">
                  {DIFFERENCE_WORDS[type].meaning} {DIFFERENCE_WORDS[type].wayOut}
                </span>
              </TableCell>
              <TableCell>
                <Badge tone={CLASS_WORDS[itsClass].tone}>{CLASS_WORDS[itsClass].word}</Badge>
              </TableCell>
              <TableCell className="tabular text-muted max-md:hidden">{oldestDay}</TableCell>
              <TableCell numeric>{count}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}
