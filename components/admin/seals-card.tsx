import type { RouterOutputs } from '#trpc';
import { count } from '../console/duration.ts';
import { Time } from '../console/time.tsx';
import { Card, CardFooter, CardHeader } from '../ui/card.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table.tsx';

type Health = RouterOutputs['admin']['books']['health'];
type Seal = Health['seals'][number];

/** Digits of a hash that are shown; the whole of it can be copied. */
const SHOWN_DIGITS = 16;

/** The newest seals over the ledger, and what is too young for one. */
export function SealsCard({ seals, unsealed }: Pick<Health, 'seals' | 'unsealed'>) {
  return (
    <Card className="mt-6">
      <CardHeader
        title="Seals"
        description="Each holds the SHA-256 of a range of the ledger and of the seal before it. Whoever changes a sealed row is found out."
      />
      {seals.length === 0 ? (
        <p className="px-4 py-5 text-sm text-muted">
          Nothing is sealed yet: a ledger transaction is sealed five minutes after it was booked.
        </p>
      ) : (
        <SealsTable seals={seals} />
      )}
      <CardFooter>
        {unsealed === 0
          ? 'Every ledger transaction is sealed.'
          : `${count(unsealed, 'ledger transaction')} ${unsealed === 1 ? 'waits' : 'wait'} for the next seal.`}
      </CardFooter>
    </Card>
  );
}

function SealsTable({ seals }: { readonly seals: readonly Seal[] }) {
  return (
    <Table label="Seals">
      <TableHead className="bg-transparent">
        <tr>
          <TableHeader numeric className="w-16">
            Seal
          </TableHeader>
          <TableHeader>Up to (UTC)</TableHeader>
          <TableHeader numeric className="max-sm:hidden">
            Transactions
          </TableHeader>
          <TableHeader numeric className="max-md:hidden">
            Entries
          </TableHeader>
          <TableHeader>Hash</TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {seals.map(({ number, sealedThrough, transactions, entries, hash }) => (
          <TableRow key={number}>
            <TableCell numeric>{number}</TableCell>
            <TableCell className="text-muted">
              <Time value={sealedThrough} />
            </TableCell>
            <TableCell numeric className="max-sm:hidden">
              {transactions}
            </TableCell>
            <TableCell numeric className="max-md:hidden">
              {entries}
            </TableCell>
            <TableCell>
              <span className="inline-flex items-center gap-0.5">
                <span className="code-id text-xs">{hash.slice(0, SHOWN_DIGITS)}…</span>
                <CopyButton value={hash} label={`Copy the hash of seal ${number}`} />
              </span>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
