import { MailCheck } from 'lucide-react';
import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { Time } from '../console/time.tsx';
import { beginning } from '../console/words.ts';
import { buttonVariants } from '../ui/button.tsx';
import { Card, CardFooter, CardHeader } from '../ui/card.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table.tsx';
import { CausesCard } from './causes-card.tsx';
import { LETTER_KINDS, type Letter, type LetterKind } from './letter-words.ts';
import { WayOut } from './way-out.tsx';

export interface DeadLettersProps {
  readonly causes: RouterOutputs['admin']['deadLetters']['causes'];
  readonly letters: RouterOutputs['admin']['deadLetters']['list'];
  /** The one cause that is looked at. */
  readonly chosen?: { readonly kind: LetterKind; readonly cause: string } | undefined;
}

/** What gave up and waits for a person: by cause, then one by one. */
export function DeadLetters({ causes, letters: { rows, total }, chosen }: DeadLettersProps) {
  return (
    <div className="grid gap-6">
      {causes.length > 0 ? <CausesCard causes={causes} /> : null}
      <Card>
        {causes.length > 0 ? (
          <CardHeader
            title={chosen ? beginning(chosen.cause) : 'One by one'}
            className="items-center"
            action={
              chosen ? (
                <Link href="/admin/dead-letters" className={buttonVariants({ size: 'sm' })}>
                  All causes
                </Link>
              ) : null
            }
          />
        ) : null}
        {rows.length > 0 ? <LettersTable rows={rows} /> : <NothingHere filtered={causes.length > 0} />}
        {total > rows.length ? <CardFooter>{`The newest ${rows.length} of ${total}.`}</CardFooter> : null}
      </Card>
    </div>
  );
}

function NothingHere({ filtered }: { readonly filtered: boolean }) {
  return filtered ? (
    <EmptyState icon={MailCheck} title="Nothing gave up for this cause any more" level={3}>
      It was tried again, closed, or answered by itself.
    </EmptyState>
  ) : (
    <EmptyState icon={MailCheck} title="Nothing has given up">
      A payment, refund or webhook that cannot be finished by itself comes to rest here.
    </EmptyState>
  );
}

function LettersTable({ rows }: { readonly rows: readonly Letter[] }) {
  return (
    <Table label="Dead letters">
      <TableHead className="bg-transparent">
        <tr>
          <TableHeader>Cause</TableHeader>
          <TableHeader className="max-sm:hidden">What gave up</TableHeader>
          <TableHeader numeric className="max-md:hidden">
            Tries
          </TableHeader>
          <TableHeader className="max-md:hidden">First and last (UTC)</TableHeader>
          <TableHeader>
            <span className="sr-only">Way out</span>
          </TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <LetterRow key={row.id} letter={row} />
        ))}
      </TableBody>
    </Table>
  );
}

/** Where what gave up is told in full, if there is such a page. */
function pageOf({ kind, subjectId, checkoutId }: Letter): string | null {
  if (kind === 'payout') return `/admin/payouts/${encodeURIComponent(subjectId)}`;
  if (kind === 'dispute') return `/admin/disputes/${encodeURIComponent(subjectId)}`;
  return checkoutId && `/admin/payments/${encodeURIComponent(checkoutId)}`;
}

function LetterRow({ letter }: { readonly letter: Letter }) {
  const { cause, kind, subjectId, lastError, beside, tries, createdAt, lastAt } = letter;
  const path = pageOf(letter);
  return (
    <TableRow className="relative">
      <TableCell className="max-w-80 font-medium wrap-anywhere">
        {path ? (
          <Link href={path} className="after:absolute after:inset-0">
            {beginning(cause)}
          </Link>
        ) : (
          beginning(cause)
        )}
        {lastError ? <span className="block text-xs font-normal text-muted">{lastError}</span> : null}
        {beside ? <span className="block text-xs font-normal text-muted">Beside it: {beside}</span> : null}
        <span className="block text-xs font-normal text-muted sm:hidden">{LETTER_KINDS[kind].one}</span>
        <span className="code-id block text-xs font-normal text-subtle sm:hidden">{subjectId}</span>
      </TableCell>
      <TableCell className="text-muted max-sm:hidden">
        {LETTER_KINDS[kind].one}
        <span className="code-id block text-xs text-subtle">{subjectId}</span>
      </TableCell>
      <TableCell numeric className="max-md:hidden">
        {tries}
      </TableCell>
      <TableCell className="text-muted max-md:hidden">
        <Time value={createdAt} />
        {lastAt > createdAt ? <Time value={lastAt} className="block text-xs text-subtle" /> : null}
      </TableCell>
      <TableCell className="relative z-10 text-end">
        <WayOut letter={letter} />
      </TableCell>
    </TableRow>
  );
}
