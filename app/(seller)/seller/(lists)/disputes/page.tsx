import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { PageHeader } from '#components/console/page-header.tsx';
import { ProblemView } from '#components/console/problem-view.tsx';
import { disputeFilterOf, disputeSearchUrl, loadDisputeSearch } from '#components/disputes/dispute-search.ts';
import { DisputesList } from '#components/disputes/disputes-list.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Disputes' };

export default async function Page({ searchParams }: { readonly searchParams: Promise<SearchParams> }) {
  const search = await loadDisputeSearch(searchParams);
  const { data, problem } = await load((api) => api.seller.disputes.list(disputeFilterOf(search)));
  if (problem) return <ProblemView problem={problem} path={disputeSearchUrl('/seller/disputes', search)} />;
  return (
    <>
      <PageHeader title="Disputes" purpose="What banks ask about or take back, and until when it can be answered." />
      <DisputesList path="/seller/disputes" rows={data.rows} nextCursor={data.nextCursor} search={search} />
    </>
  );
}
