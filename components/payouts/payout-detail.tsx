import { ArrowLeft } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { RouterOutputs } from '#trpc';
import { CopyId } from '../console/copy-id.tsx';
import { Follow } from '../console/follow.tsx';
import type { StoryLine } from '../console/story.ts';
import { Time } from '../console/time.tsx';
import { Timeline } from '../console/timeline.tsx';
import { beginning, humanize, TRANSACTION_WORDS } from '../console/words.ts';
import { Amount } from '../money/amount.tsx';
import { PayoutStatusBadge } from '../status/status-badge.tsx';
import { OPEN_PAYOUTS, PAYOUT_STATUS } from '../status/statuses.ts';
import { Alert } from '../ui/alert.tsx';
import { Card, CardHeader } from '../ui/card.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table.tsx';
import { bankName, personOf } from './payouts-list.tsx';

type Payout = RouterOutputs['seller']['payouts']['get'];

export interface PayoutDetailProps {
  readonly payout: Payout;
  /** Address of the list it stands in. */
  readonly path: string;
  readonly actions?: ReactNode;
  readonly download?: ReactNode;
}

/** One payout: how it stands, what it pays, and what happened. */
export function PayoutDetail({ payout, path, actions, download }: PayoutDetailProps) {
  const { state, amount, currency, error } = payout;
  return (
    <>
      <Link href={path} className="mb-4 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink">
        <ArrowLeft aria-hidden className="size-4" />
        Payouts
      </Link>
      {OPEN_PAYOUTS.has(state) ? <Follow key={state} /> : null}
      <header className="mb-6 flex flex-wrap items-start justify-between gap-4">
        <div>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="text-xl font-semibold">
              <Amount value={amount} currency={currency} withCode />
            </h1>
            <PayoutStatusBadge status={state} />
          </div>
          <p className="mt-1 text-sm text-muted">
            {payout.sellerName} to {bankName(payout.bank)}. {PAYOUT_STATUS[state].meaning}
          </p>
        </div>
        {actions}
      </header>
      {error && (state === 'FAILED' || state === 'RETURNED') ? (
        <Alert tone="negative" title="Why" className="mb-6">
          {beginning(error)}
        </Alert>
      ) : null}
      <div className="grid gap-6 lg:grid-cols-[1fr_20rem] lg:items-start">
        <div className="grid gap-6">
          <Lines payout={payout} download={download} />
          <Card>
            <CardHeader title="What happened" />
            <Timeline lines={storyOf(payout)} />
          </Card>
        </div>
        <Facts payout={payout} />
      </div>
    </>
  );
}

const LINE_WORDS = {
  ...TRANSACTION_WORDS,
  carried_over: 'Left by the payout before',
  left_available: 'Stays available',
};

/** What the payout pays; the lines come to its amount. */
function Lines({ payout: { lines, amount, currency }, download }: Pick<PayoutDetailProps, 'payout' | 'download'>) {
  return (
    <Card>
      <CardHeader
        title="Statement"
        description="Every movement of what was available since the payout before."
        action={download}
      />
      <Table label="Lines of the payout">
        <TableHead>
          <tr>
            <TableHeader>What</TableHeader>
            <TableHeader className="max-sm:hidden">When (UTC)</TableHeader>
            <TableHeader numeric>Amount</TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {lines.map((line) => (
            <TableRow key={`${line.kind} ${line.seq}`}>
              <TableCell>
                {LINE_WORDS[line.kind]}
                {line.sourceId ? <span className="code-id block text-xs text-subtle">{line.sourceId}</span> : null}
              </TableCell>
              <TableCell className="text-muted max-sm:hidden">
                {line.effectiveAt ? <Time value={line.effectiveAt} /> : null}
              </TableCell>
              <TableCell numeric>
                <Amount value={line.amount} currency={currency} />
              </TableCell>
            </TableRow>
          ))}
          <TableRow className="font-semibold">
            <TableCell>To the bank</TableCell>
            <TableCell className="max-sm:hidden" />
            <TableCell numeric>
              <Amount value={amount} currency={currency} />
            </TableCell>
          </TableRow>
        </TableBody>
      </Table>
    </Card>
  );
}

function Facts({ payout }: { readonly payout: Payout }) {
  const facts: [string, ReactNode][] = [
    ['Requested', <Time key="at" value={payout.createdAt} full />],
    ['By', personOf(payout.requestedBy, payout.names)],
    ['Approved by', payout.approvedBy ? personOf(payout.approvedBy, payout.names) : 'Nobody yet'],
    ['Bank', bankName(payout.bank)],
  ];
  return (
    <Card className="max-lg:order-first">
      <CardHeader title="Payout" />
      <dl className="grid gap-2 p-4 text-sm">
        {facts.map(([label, value]) => (
          <div key={label} className="flex items-baseline justify-between gap-4">
            <dt className="text-muted">{label}</dt>
            <dd className="text-end">{value}</dd>
          </div>
        ))}
      </dl>
      <div className="grid border-t border-line p-4 text-xs text-muted">
        <CopyId value={payout.id} label="payout" />
        {payout.pspPayoutId ? <CopyId value={payout.pspPayoutId} label="provider’s payout" /> : null}
      </div>
    </Card>
  );
}

function storyOf({ id, createdAt, requestedBy, steps, names }: Payout): StoryLine[] {
  const requested = { to: 'REQUESTED', at: createdAt, actor: requestedBy, seq: 0, reason: 'requested' } as const;
  return [requested, ...steps].map(({ to, at, actor, seq, reason }) => ({
    key: `${id} ${seq}`,
    at,
    to,
    look: PAYOUT_STATUS[to],
    text: seq === 0 ? 'Requested, and set aside' : `${PAYOUT_STATUS[to].word}: ${humanize(reason)}`,
    source: personOf(actor, names),
  }));
}
