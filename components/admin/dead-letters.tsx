import { MailCheck } from 'lucide-react';
import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { Time } from '../console/time.tsx';
import { humanize } from '../console/words.ts';
import { Card, CardFooter } from '../ui/card.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table.tsx';
import { WayOut } from './way-out.tsx';

type Letters = RouterOutputs['admin']['deadLetters']['list'];
type Letter = Letters['rows'][number];

const KINDS: Record<Letter['kind'], string> = { attempt: 'Payment attempt', webhook: 'Webhook', refund: 'Refund' };

/** What gave up and waits for a person. */
export function DeadLetters({ letters: { rows, total } }: { readonly letters: Letters }) {
  return (
    <Card>
      {rows.length === 0 ? (
        <EmptyState icon={MailCheck} title="Nothing has given up">
          A payment, refund or webhook that cannot be finished by itself comes to rest here.
        </EmptyState>
      ) : (
        <LettersTable rows={rows} />
      )}
      {total > rows.length ? <CardFooter>{`The newest ${rows.length} of ${total}.`}</CardFooter> : null}
    </Card>
  );
}

function LettersTable({ rows }: { readonly rows: readonly Letter[] }) {
  return (
    <Table label="Dead letters">
      <TableHead className="bg-transparent">
        <tr>
          <TableHeader>Cause</TableHeader>
          <TableHeader>What gave up</TableHeader>
          <TableHeader numeric className="max-sm:hidden">
            Tries
          </TableHeader>
          <TableHeader className="max-sm:hidden">When (UTC)</TableHeader>
          <TableHeader>
            <span className="sr-only">Way out</span>
          </TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.id} className="relative">
            <TableCell className="font-medium">
              {row.checkoutId ? (
                <Link
                  href={`/admin/payments/${encodeURIComponent(row.checkoutId)}`}
                  className="after:absolute after:inset-0"
                >
                  {humanize(row.cause)}
                </Link>
              ) : (
                humanize(row.cause)
              )}
            </TableCell>
            <TableCell className="text-muted">
              {KINDS[row.kind]}
              <span className="code-id block text-xs text-subtle">{row.subjectId}</span>
            </TableCell>
            <TableCell numeric className="max-sm:hidden">
              {row.tries}
            </TableCell>
            <TableCell className="text-muted max-sm:hidden">
              <Time value={row.createdAt} />
            </TableCell>
            <TableCell className="relative z-10 text-end">
              <WayOut letter={row} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
