import type { RouterOutputs } from '#trpc';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Card, CardHeader } from '../ui/card.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table.tsx';

type Check = RouterOutputs['admin']['books']['health']['checks'][number];

const VERDICTS: Record<Check['verdict'], { readonly word: string; readonly tone: Tone }> = {
  holds: { word: 'Holds', tone: 'positive' },
  broken: { word: 'Broken', tone: 'negative' },
  skipped: { word: 'Nothing to check', tone: 'neutral' },
  unchecked: { word: 'Not checked yet', tone: 'unknown' },
};

/** Every invariant with its last verdict; what is broken stands first. */
export function BooksChecks({ checks }: { readonly checks: readonly Check[] }) {
  const rows = checks.toSorted((one, other) => Number(other.verdict === 'broken') - Number(one.verdict === 'broken'));
  return (
    <Card className="mt-6">
      <CardHeader title="Invariants" description="What must hold of the books, and what keeps it besides this check." />
      <Table label="Invariants">
        <TableHead className="bg-transparent">
          <tr>
            <TableHeader>Rule</TableHeader>
            <TableHeader className="max-lg:hidden">Kept by</TableHeader>
            <TableHeader numeric className="max-sm:hidden">
              Took
            </TableHeader>
            <TableHeader className="max-sm:hidden">Verdict</TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {rows.map((check) => (
            <CheckRow key={check.id} {...check} />
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}

function CheckRow({ id, rule, keptBy, timing, verdict, detail, milliseconds }: Check) {
  const { word, tone } = VERDICTS[verdict];
  return (
    <TableRow>
      <TableCell className="py-2 align-top">
        <div className="flex gap-3">
          <span className="tabular w-10 shrink-0 text-subtle">{id}</span>
          <div className="min-w-0">
            <p>{rule}</p>
            {timing === 'eventually' ? (
              <p className="text-xs text-subtle">Within a minute after the last fault.</p>
            ) : null}
            {detail ? <p className="code-id mt-1 text-xs text-negative-text">{detail}</p> : null}
            <Badge tone={tone} className="mt-1.5 sm:hidden">
              {word}
            </Badge>
          </div>
        </div>
      </TableCell>
      <TableCell className="w-52 py-2 align-top text-muted max-lg:hidden">{keptBy}</TableCell>
      <TableCell numeric className="py-2 align-top text-muted max-sm:hidden">
        {milliseconds === null ? '–' : `${milliseconds} ms`}
      </TableCell>
      <TableCell className="py-2 align-top max-sm:hidden">
        <Badge tone={tone}>{word}</Badge>
      </TableCell>
    </TableRow>
  );
}
