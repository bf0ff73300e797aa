import type { Metadata } from 'next';
import { idFromPath } from '#components/console/id-from-path.ts';
import { ProblemView } from '#components/console/problem-view.tsx';
import { DecidePayout } from '#components/payouts/decide-payout.tsx';
import { PayoutDetail } from '#components/payouts/payout-detail.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Payout' };

const PATH = '/admin/payouts';

export default async function Page({ params }: { readonly params: Promise<{ payoutId: string }> }) {
  const payoutId = idFromPath((await params).payoutId);
  const { data, problem } = await load((api) => api.admin.payouts.get({ payoutId }));
  return problem ? (
    <ProblemView problem={problem} path={`${PATH}/${encodeURIComponent(payoutId)}`} />
  ) : (
    <PayoutDetail payout={data} path={PATH} actions={<DecidePayout payoutId={data.id} state={data.state} />} />
  );
}
