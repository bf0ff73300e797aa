import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { PageHeader } from '../console/page-header.tsx';
import { Time } from '../console/time.tsx';
import { buttonVariants } from '../ui/button.tsx';
import { Card, CardHeader } from '../ui/card.tsx';
import { cn } from '../ui/cn.ts';
import { AlertsBanner } from './alerts-banner.tsx';
import { CheckoutsTable } from './checkouts-table.tsx';
import { type Health, judge, type Level } from './health.ts';

const LEVELS: Record<Level, { readonly icon: typeof CircleCheck; readonly word: string; readonly ink: string }> = {
  good: { icon: CircleCheck, word: 'Good', ink: 'text-positive-text' },
  watch: { icon: TriangleAlert, word: 'Watch', ink: 'text-caution-text' },
  bad: { icon: CircleAlert, word: 'Act now', ink: 'text-negative-text' },
};

/** Payments shown on the first page; the list has the rest. */
const RECENT = 8;

export interface OverviewProps {
  readonly overview: RouterOutputs['admin']['overview'];
  readonly payments: RouterOutputs['admin']['payments']['list'];
}

/** Does somebody have to act? Then the latest payments. */
export function Overview({ overview, payments }: OverviewProps) {
  return (
    <>
      <PageHeader
        title="Overview"
        purpose={
          <>
            Whether somebody has to act, as of <Time value={overview.asOf} full />.
          </>
        }
        action={
          <Link href="/admin" prefetch={false} className={buttonVariants({ size: 'sm' })}>
            Refresh
          </Link>
        }
      />
      <AlertsBanner alerts={overview.alerts} asOf={overview.asOf} />
      <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-5">
        {judge(overview).map((health) => (
          <li key={health.title} className="flex">
            <Tile {...health} />
          </li>
        ))}
      </ul>
      <Card className="mt-6">
        <CardHeader
          title="Latest payments"
          className="items-center"
          action={
            <Link href="/admin/payments" className={buttonVariants({ size: 'sm' })}>
              All payments
            </Link>
          }
        />
        {payments.rows.length > 0 ? (
          <CheckoutsTable rows={payments.rows.slice(0, RECENT)} />
        ) : (
          <p className="px-4 py-8 text-center text-sm text-muted">
            No payment yet. The first one from the shop or the API stands here.
          </p>
        )}
      </Card>
    </>
  );
}

function Tile({ title, level, figure, words, href }: Health) {
  const { icon: Icon, word, ink } = LEVELS[level];
  return (
    <Link
      href={href}
      className={cn(
        'flex w-full flex-col rounded-lg border border-line bg-surface p-4 hover:border-line-strong',
        level === 'bad' && 'border-negative-line',
        level === 'watch' && 'border-caution-line',
      )}
    >
      <span className="flex items-center justify-between gap-1 text-sm text-muted">
        {title}
        <span className={cn('flex shrink-0 items-center gap-1 text-xs font-medium whitespace-nowrap', ink)}>
          <Icon aria-hidden className="size-3.5" />
          {word}
        </span>
      </span>
      <span className="tabular mt-3 text-lg font-semibold">{figure}</span>
      <span className="mt-1 text-sm text-muted">{words}</span>
    </Link>
  );
}
