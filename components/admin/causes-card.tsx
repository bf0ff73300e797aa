import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { Time } from '../console/time.tsx';
import { beginning } from '../console/words.ts';
import { Card, CardHeader } from '../ui/card.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table.tsx';
import { letterSearchUrl } from './letter-search.ts';
import { LETTER_KINDS } from './letter-words.ts';
import { RedriveCause } from './redrive-cause.tsx';

type Causes = RouterOutputs['admin']['deadLetters']['causes'];

/** What gave up, by cause: what failed together can be tried again together. */
export function CausesCard({ causes }: { readonly causes: Causes }) {
  return (
    <Card>
      <CardHeader title="By cause" description="What failed together can be tried again together, at a rate." />
      <Table label="Dead letters by cause">
        <TableHead className="bg-transparent">
          <tr>
            <TableHeader>Cause</TableHeader>
            <TableHeader className="max-sm:hidden">What gave up</TableHeader>
            <TableHeader numeric>Waiting</TableHeader>
            <TableHeader className="max-md:hidden">Oldest (UTC)</TableHeader>
            <TableHeader className="max-md:hidden">Met last (UTC)</TableHeader>
            <TableHeader>
              <span className="sr-only">Try again</span>
            </TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {causes.map(({ kind, cause, count, oldestAt, lastAt }) => (
            <TableRow key={`${kind}:${cause}`} className="relative">
              <TableCell className="max-w-96 font-medium wrap-anywhere">
                <Link
                  href={letterSearchUrl('/admin/dead-letters', { kind, cause })}
                  className="after:absolute after:inset-0"
                >
                  {beginning(cause)}
                </Link>
              </TableCell>
              <TableCell className="text-muted max-sm:hidden">{LETTER_KINDS[kind].many}</TableCell>
              <TableCell numeric>{count}</TableCell>
              <TableCell className="text-muted max-md:hidden">
                <Time value={oldestAt} />
              </TableCell>
              <TableCell className="text-muted max-md:hidden">
                <Time value={lastAt} />
              </TableCell>
              <TableCell className="relative z-10 text-end">
                <RedriveCause kind={kind} cause={cause} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}
