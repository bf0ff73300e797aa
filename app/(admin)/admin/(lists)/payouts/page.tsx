import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { PageHeader } from '#components/console/page-header.tsx';
import { ProblemView } from '#components/console/problem-view.tsx';
import { loadPayoutSearch, payoutFilterOf, payoutSearchUrl } from '#components/payouts/payout-search.ts';
import { PayoutsList } from '#components/payouts/payouts-list.tsx';
import { UnverifiedSellers } from '#components/payouts/unverified-sellers.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Payouts' };

const PATH = '/admin/payouts';

export default async function Page({ searchParams }: { readonly searchParams: Promise<SearchParams> }) {
  const search = await loadPayoutSearch(searchParams);
  const { data, problem } = await load(async (api) => {
    const [payouts, sellers] = await Promise.all([
      api.admin.payouts.list(payoutFilterOf(search)),
      api.admin.payouts.unverifiedSellers(),
    ]);
    return { payouts, sellers };
  });
  if (problem) return <ProblemView problem={problem} path={payoutSearchUrl(PATH, search)} />;
  return (
    <>
      <PageHeader title="Payouts" purpose="What goes to sellers’ banks, and what waits for a second person." />
      <UnverifiedSellers sellers={data.sellers} />
      <PayoutsList payouts={data.payouts} search={search} path={PATH} ofAll />
    </>
  );
}
