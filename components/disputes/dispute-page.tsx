import { ArrowLeft } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { RouterOutputs } from '#trpc';
import { CopyId } from '../console/copy-id.tsx';
import { Follow } from '../console/follow.tsx';
import type { StoryLine } from '../console/story.ts';
import { Time } from '../console/time.tsx';
import { Timeline } from '../console/timeline.tsx';
import { beginning } from '../console/words.ts';
import { Amount } from '../money/amount.tsx';
import { DisputeStatusBadge } from '../status/status-badge.tsx';
import { DISPUTE_STATUS, OPEN_DISPUTES } from '../status/statuses.ts';
import { Alert } from '../ui/alert.tsx';
import { Card, CardHeader } from '../ui/card.tsx';
import { DISPUTE_STEP_WORDS } from './dispute-words.ts';
import { RespondCard } from './respond-card.tsx';

type SellerDispute = RouterOutputs['seller']['disputes']['get'];
type Dispute = SellerDispute & Partial<Omit<RouterOutputs['admin']['disputes']['get'], keyof SellerDispute>>;

export interface DisputePageProps {
  readonly door: 'admin' | 'seller';
  readonly dispute: Dispute;
}

/** One dispute: what is at stake, until when it can be answered, what was said, and what happened. */
export function DisputePage({ door, dispute }: DisputePageProps) {
  return (
    <>
      <Link
        href={`/${door}/disputes`}
        className="mb-4 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-4" />
        Disputes
      </Link>
      {OPEN_DISPUTES.has(dispute.state) ? <Follow key={dispute.state} /> : null}
      <header className="mb-6">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="text-xl font-semibold">{beginning(dispute.reason)}</h1>
          <DisputeStatusBadge status={dispute.state} />
        </div>
        <p className="mt-1 max-w-3xl text-sm text-muted">{DISPUTE_STATUS[dispute.state].meaning}</p>
      </header>
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] lg:items-start">
        <div className="grid min-w-0 gap-6">
          {dispute.answerable ? (
            <RespondCard door={door} id={dispute.id} stage={dispute.answerable} dueBy={dispute.dueBy} />
          ) : null}
          {dispute.shared && OPEN_DISPUTES.has(dispute.state) ? (
            <Alert title="The platform answers the bank">The charge paid orders of other sellers too.</Alert>
          ) : null}
          <Responses responses={dispute.responses} />
          <Orders door={door} dispute={dispute} />
          <Card>
            <CardHeader title="What happened" />
            <Timeline lines={tell(dispute)} />
          </Card>
        </div>
        <Facts door={door} dispute={dispute} />
      </div>
    </>
  );
}

/** A dispute that was one from the start begins with its opening, an inquiry with the bank's question. */
function tell({ steps, openedAt }: Dispute): StoryLine[] {
  const told = steps.map(({ seq, at, to, actor }) => ({
    key: `step ${seq}`,
    at,
    to,
    look: DISPUTE_STATUS[to],
    text: DISPUTE_STEP_WORDS[to],
    source: actor === 'webhook' ? 'Told by the provider' : 'Asked by us',
  }));
  const first: StoryLine = {
    key: 'opened',
    at: openedAt,
    to: 'INQUIRY',
    look: DISPUTE_STATUS.INQUIRY,
    text: DISPUTE_STEP_WORDS.INQUIRY,
    source: 'The bank',
  };
  return steps[0]?.to === 'OPEN' ? told : [first, ...told];
}

function Responses({ responses }: { readonly responses: Dispute['responses'] }) {
  if (responses.length === 0) return null;
  return (
    <Card>
      <CardHeader title="What was said" />
      <ol>
        {responses.map((said) => (
          <li key={said.createdAt.toISOString()} className="border-line px-4 py-3 text-sm not-last:border-b">
            <p className="font-medium">
              {said.kind === 'acceptance' ? 'Accepted' : `Evidence to the ${said.stage}`}
              <span className="font-normal text-muted">
                {' · '}
                {said.sentAt ? 'sent' : said.refusedAt ? 'refused by the provider' : 'on its way'}
              </span>
            </p>
            {said.evidence ? <p className="mt-1.5 whitespace-pre-line wrap-anywhere">{said.evidence}</p> : null}
            {said.error ? <p className="mt-1.5 text-muted">{beginning(said.error)}</p> : null}
            <p className="mt-1.5 text-xs text-subtle">
              <Time value={said.createdAt} full />
            </p>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Orders({ door, dispute: { orders, currency } }: DisputePageProps) {
  if (orders.length === 0) return null;
  const who = door === 'seller' ? 'you bear' : 'the seller bears';
  return (
    <Card>
      <CardHeader title="Orders" description={`What of each is disputed, and what of that ${who}.`} />
      <ul>
        {orders.map((order) => (
          <li
            key={order.paymentOrderId}
            className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-line px-4 py-2.5 text-sm not-last:border-b"
          >
            <span className="grid min-w-0">
              {order.sellerName}
              <CopyId value={order.paymentOrderId} label="payment order" className="text-xs text-subtle" />
            </span>
            <span className="grid justify-items-end">
              <Amount value={order.disputed} currency={currency} className="font-medium" />
              <span className="text-xs text-muted">
                {`${who} `}
                <Amount value={order.share} currency={currency} />
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Facts({ door, dispute }: DisputePageProps) {
  const { currency } = dispute;
  const money = (value: string | null | undefined) => value && <Amount value={value} currency={currency} />;
  const facts: { label: string; value: ReactNode }[] = [
    { label: 'Disputed', value: money(dispute.amount) },
    { label: 'Taken by the provider', value: money(dispute.withdrawn) },
    { label: 'Provider’s fee', value: money(dispute.fee) },
    { label: 'Given back', value: money(dispute.reinstated) },
    { label: 'Opened', value: <Time value={dispute.openedAt} full /> },
    { label: 'Answer until', value: dispute.dueBy && <Time value={dispute.dueBy} full /> },
    {
      label: 'Payment',
      value: dispute.checkoutId && (
        <Link href={`/${door}/payments/${encodeURIComponent(dispute.checkoutId)}`} className="underline">
          Open the payment
        </Link>
      ),
    },
  ];
  return (
    <Card>
      <CardHeader title="Dispute" />
      <dl className="grid gap-2 p-4 text-sm">
        {facts.map(({ label, value }) =>
          value ? (
            <div key={label} className="flex items-baseline justify-between gap-4">
              <dt className="text-muted">{label}</dt>
              <dd className="text-end">{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
      <div className="grid border-t border-line p-4 text-xs text-muted">
        <CopyId value={dispute.id} label="dispute" />
        <CopyId value={dispute.pspDisputeId} label="provider’s dispute" />
      </div>
    </Card>
  );
}
