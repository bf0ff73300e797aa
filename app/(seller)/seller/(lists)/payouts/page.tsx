import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { PageHeader } from '#components/console/page-header.tsx';
import { ProblemView } from '#components/console/problem-view.tsx';
import { loadPayoutSearch, payoutFilterOf, payoutSearchUrl } from '#components/payouts/payout-search.ts';
import { PayoutSettings } from '#components/payouts/payout-settings.tsx';
import { PayoutsList } from '#components/payouts/payouts-list.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Payouts' };

const PATH = '/seller/payouts';

export default async function Page({ searchParams }: { readonly searchParams: Promise<SearchParams> }) {
  const search = await loadPayoutSearch(searchParams);
  const { data, problem } = await load(async (api) => {
    const [settings, payouts] = await Promise.all([
      api.seller.payouts.settings(),
      api.seller.payouts.list(payoutFilterOf(search)),
    ]);
    return { settings, payouts };
  });
  if (problem) return <ProblemView problem={problem} path={payoutSearchUrl(PATH, search)} />;
  return (
    <>
      <PageHeader title="Payouts" purpose="What you have earned goes to your bank, with every line it is made of." />
      <PayoutSettings settings={data.settings} />
      <PayoutsList payouts={data.payouts} search={search} path={PATH} />
    </>
  );
}
