import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { Amount } from '../money/amount.tsx';
import { Badge } from '../ui/badge.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table.tsx';
import { differenceSearchUrl } from './difference-search.ts';

type Day = RouterOutputs['admin']['reconciliation']['days']['days'][number];
type Side = Day['settlement'];

/** Days with both sides of both files, the newest first. */
export function ReconciledDays({ days }: { readonly days: readonly Day[] }) {
  return (
    <Table label="Reconciled days">
      <TableHead className="bg-transparent">
        <tr>
          <TableHeader>Day (UTC)</TableHeader>
          <TableHeader numeric className="max-md:hidden">
            Settlement file
          </TableHeader>
          <TableHeader numeric className="max-lg:hidden">
            Books expect
          </TableHeader>
          <TableHeader numeric className="max-md:hidden">
            Bank statement
          </TableHeader>
          <TableHeader numeric className="max-lg:hidden">
            Books expect
          </TableHeader>
          <TableHeader>Stands</TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {days.map((day) => (
          <TableRow key={`${day.day} ${day.currency}`}>
            <TableCell className="font-medium">
              <span className="tabular">{day.day}</span>
              <span className="ms-2 text-muted">{day.currency}</span>
              <span className="mt-1 grid gap-0.5 text-xs font-normal text-muted md:hidden">
                <span>
                  File <FileSide side={day.settlement} currency={day.currency} inline />
                </span>
                <span>
                  Bank <FileSide side={day.bank} currency={day.currency} inline />
                </span>
              </span>
            </TableCell>
            <TableCell numeric className="max-md:hidden">
              <FileSide side={day.settlement} currency={day.currency} />
            </TableCell>
            <TableCell numeric className="text-muted max-lg:hidden">
              <Expected side={day.settlement} currency={day.currency} />
            </TableCell>
            <TableCell numeric className="max-md:hidden">
              <FileSide side={day.bank} currency={day.currency} />
            </TableCell>
            <TableCell numeric className="text-muted max-lg:hidden">
              <Expected side={day.bank} currency={day.currency} />
            </TableCell>
            <TableCell>
              <Stands day={day} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

interface SideProps {
  readonly side: Side;
  readonly currency: string;
  readonly inline?: boolean;
}

function FileSide({ side: { file }, currency, inline = false }: SideProps) {
  if (!file) return <span className="text-subtle">No file</span>;
  return (
    <>
      <Amount value={file.net} currency={currency} className={inline ? '' : 'block'} />
      <span className={inline ? 'ms-2' : 'block text-xs text-subtle'}>{`${file.matched} of ${file.rows} matched`}</span>
    </>
  );
}

function Expected({ side: { expected }, currency }: SideProps) {
  return (
    <>
      <Amount value={expected.net} currency={currency} className="block" />
      <span className="block text-xs text-subtle">{expected.rows === 1 ? '1 row' : `${expected.rows} rows`}</span>
    </>
  );
}

function Stands({ day: { day, open, closed, settlement, bank } }: { readonly day: Day }) {
  const ties = settlement.tiesOut && bank.tiesOut;
  if (open === 0)
    return <Badge tone={ties ? 'positive' : 'neutral'}>{ties ? 'Ties out' : `Closed, ${closed} differed`}</Badge>;
  return (
    <Link href={differenceSearchUrl('/admin/reconciliation', { day })} className="inline-flex">
      <Badge tone="caution">{`${open} open`}</Badge>
    </Link>
  );
}
