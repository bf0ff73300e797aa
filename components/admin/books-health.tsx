import Link from 'next/link';
import type { RouterOutputs } from '#trpc';
import { PageHeader } from '../console/page-header.tsx';
import { Time } from '../console/time.tsx';
import { Alert } from '../ui/alert.tsx';
import { buttonVariants } from '../ui/button.tsx';
import { AlertsCard } from './alerts-card.tsx';
import { BooksChecks } from './books-checks.tsx';
import { judgeBooks } from './books-verdict.ts';
import { SealsCard } from './seals-card.tsx';

/** Whether the books hold: the verdict in a sentence, open alerts, every invariant, the seals, what was open lately. */
export function BooksHealth({ health }: { readonly health: RouterOutputs['admin']['books']['health'] }) {
  const { tone, title, words } = judgeBooks(health);
  const { lastCheck, checks, openAlerts, closedAlerts, seals, unsealed } = health;
  const rules = new Map(checks.map(({ id, rule }) => [id, rule]));
  return (
    <>
      <PageHeader
        title="Health"
        purpose={
          lastCheck ? (
            <>
              Whether the books hold. Last checked <Time value={lastCheck.at} full />, in {lastCheck.milliseconds} ms.
            </>
          ) : (
            'Whether the books hold.'
          )
        }
        action={
          <Link href="/admin/health" prefetch={false} className={buttonVariants({ size: 'sm' })}>
            Refresh
          </Link>
        }
      />
      <Alert tone={tone} title={title}>
        {words}
      </Alert>
      <AlertsCard
        title="Open alerts"
        description="Find out what happened before anything is repaired by hand."
        alerts={openAlerts}
        rules={rules}
      />
      <BooksChecks checks={checks} />
      <SealsCard seals={seals} unsealed={unsealed} />
      <AlertsCard
        title="Closed alerts"
        description="The last ten that are over, newest first."
        alerts={closedAlerts}
        rules={rules}
      />
    </>
  );
}
