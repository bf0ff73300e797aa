import type { Metadata } from 'next';
import { TrialBalance } from '#components/admin/trial-balance.tsx';
import { PageHeader } from '#components/console/page-header.tsx';
import { ProblemView } from '#components/console/problem-view.tsx';
import { Time } from '#components/console/time.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Ledger' };

export default async function Page() {
  const { data, problem } = await load((api) => api.admin.ledger.trialBalance());
  if (problem) return <ProblemView problem={problem} path="/admin/ledger" />;
  return (
    <>
      <PageHeader
        title="Ledger"
        purpose={
          <>
            The trial balance: in each currency, what stands in debit equals what stands in credit. As of{' '}
            <Time value={data.asOf} full />.
          </>
        }
      />
      <TrialBalance currencies={data.currencies} />
    </>
  );
}
