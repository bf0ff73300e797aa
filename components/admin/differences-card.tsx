import { CircleCheck } from 'lucide-react';
import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { Pager } from '../console/pager.tsx';
import { Time } from '../console/time.tsx';
import { Amount } from '../money/amount.tsx';
import { Badge } from '../ui/badge.tsx';
import { buttonVariants } from '../ui/button.tsx';
import { Card, CardHeader } from '../ui/card.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table.tsx';
import { CloseDifference } from './close-difference.tsx';
import { type DifferenceSearch, differenceSearchUrl } from './difference-search.ts';
import { CLASS_WORDS, DIFFERENCE_WORDS, type Difference, SOURCE_WORDS } from './difference-words.ts';

export interface DifferencesCardProps {
  readonly list: RouterOutputs['admin']['reconciliation']['differences'];
  readonly search: DifferenceSearch;
  readonly path: string;
}

/** Differences one by one: what our books say, and what the file says. */
export function DifferencesCard({ list: { differences, nextCursor }, search, path }: DifferencesCardProps) {
  const isNarrow = search.type !== null || search.day !== null;
  const title = [search.type ? DIFFERENCE_WORDS[search.type].word : 'Differences', search.day]
    .filter(Boolean)
    .join(', ');
  return (
    <Card>
      <CardHeader
        title={title}
        className="items-center"
        action={
          <>
            {isNarrow ? (
              <Link
                href={differenceSearchUrl(path, { closed: search.closed })}
                className={buttonVariants({ size: 'sm' })}
              >
                All of them
              </Link>
            ) : null}
            <Link
              href={differenceSearchUrl(path, { ...search, closed: !search.closed, cursor: null })}
              className={buttonVariants({ size: 'sm' })}
            >
              {search.closed ? 'Only open ones' : 'Closed ones too'}
            </Link>
          </>
        }
      />
      {differences.length > 0 ? (
        <DifferencesTable differences={differences} />
      ) : (
        <EmptyState icon={CircleCheck} title="Nothing differs here" level={3}>
          Every row is matched, or its difference was closed.
        </EmptyState>
      )}
      <Pager
        older={nextCursor && differenceSearchUrl(path, { ...search, cursor: nextCursor })}
        newest={search.cursor && differenceSearchUrl(path, { ...search, cursor: null })}
      />
    </Card>
  );
}

function DifferencesTable({ differences }: { readonly differences: readonly Difference[] }) {
  return (
    <Table label="Differences">
      <TableHead className="bg-transparent">
        <tr>
          <TableHeader>Difference</TableHeader>
          <TableHeader className="max-lg:hidden">Class</TableHeader>
          <TableHeader className="max-md:hidden">Day (UTC)</TableHeader>
          <TableHeader numeric className="max-sm:hidden">
            Our books
          </TableHeader>
          <TableHeader numeric className="max-sm:hidden">
            The file
          </TableHeader>
          <TableHeader>
            <span className="sr-only">Way out</span>
          </TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {differences.map((one) => (
          <DifferenceRow key={one.id} difference={one} />
        ))}
      </TableBody>
    </Table>
  );
}

function DifferenceRow({ difference }: { readonly difference: Difference }) {
  const {
    type,
    class: itsClass,
    source,
    day,
    currency,
    subject,
    detail,
    expected,
    found,
    resolution,
    closedAt,
  } = difference;
  return (
    <TableRow>
      <TableCell className="max-w-96 py-2 align-top wrap-anywhere">
        <span className="font-medium">{DIFFERENCE_WORDS[type].word}</span>
        <span className="block text-xs text-muted">{[SOURCE_WORDS[source], detail].filter(Boolean).join(': ')}</span>
        {subject === source ? null : <span className="code-id block text-xs text-subtle">{subject}</span>}
        <span className="tabular block text-xs text-subtle md:hidden">{day}</span>
        {expected || found ? (
          <span className="block text-xs text-muted sm:hidden">
            Books <Side value={expected} currency={currency} />, file <Side value={found} currency={currency} />
          </span>
        ) : null}
        {resolution ? <span className="mt-1 block text-xs text-muted">{resolution}</span> : null}
      </TableCell>
      <TableCell className="py-2 align-top max-lg:hidden">
        <Badge tone={CLASS_WORDS[itsClass].tone}>{CLASS_WORDS[itsClass].word}</Badge>
      </TableCell>
      <TableCell className="tabular py-2 align-top text-muted max-md:hidden">{day}</TableCell>
      <TableCell numeric className="py-2 align-top max-sm:hidden">
        <Side value={expected} currency={currency} />
      </TableCell>
      <TableCell numeric className="py-2 align-top max-sm:hidden">
        <Side value={found} currency={currency} />
      </TableCell>
      <TableCell className="py-2 text-end align-top">
        {closedAt ? (
          <Time value={closedAt} className="text-xs text-subtle" />
        ) : (
          <CloseDifference difference={difference} />
        )}
      </TableCell>
    </TableRow>
  );
}

function Side({ value, currency }: { readonly value: string | null; readonly currency: string }) {
  return value === null ? (
    <span className="text-subtle">–</span>
  ) : (
    <Amount value={value} currency={currency} withCode />
  );
}
