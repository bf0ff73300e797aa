import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { differenceSearchUrl, loadDifferenceSearch } from '#components/admin/difference-search.ts';
import { Reconciliation } from '#components/admin/reconciliation.tsx';
import { PageHeader } from '#components/console/page-header.tsx';
import { ProblemView } from '#components/console/problem-view.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Reconciliation' };

export default async function Page({ searchParams }: { readonly searchParams: Promise<SearchParams> }) {
  const search = await loadDifferenceSearch(searchParams);
  const { data, problem } = await load(async (api) => {
    const [days, counts, list] = await Promise.all([
      api.admin.reconciliation.days({ cursor: search.days ?? undefined }),
      api.admin.reconciliation.counts(),
      api.admin.reconciliation.differences({
        open: search.closed ? undefined : true,
        type: search.type ?? undefined,
        day: search.day ?? undefined,
        cursor: search.cursor ?? undefined,
      }),
    ]);
    return { days, counts, list };
  });
  if (problem) return <ProblemView problem={problem} path={differenceSearchUrl('/admin/reconciliation', search)} />;
  return (
    <>
      <PageHeader
        title="Reconciliation"
        purpose="The provider’s settlement files and the bank’s statements against the books, day by day on the provider’s clock."
      />
      <Reconciliation {...data} search={search} />
    </>
  );
}
