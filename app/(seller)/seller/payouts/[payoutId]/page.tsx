import type { Metadata } from 'next';
import { idFromPath } from '#components/console/id-from-path.ts';
import { ProblemView } from '#components/console/problem-view.tsx';
import { CancelOwnPayout } from '#components/payouts/decide-payout.tsx';
import { DownloadStatement } from '#components/payouts/download-statement.tsx';
import { PayoutDetail } from '#components/payouts/payout-detail.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Payout' };

const PATH = '/seller/payouts';

export default async function Page({ params }: { readonly params: Promise<{ payoutId: string }> }) {
  const payoutId = idFromPath((await params).payoutId);
  const { data, problem } = await load((api) => api.seller.payouts.get({ payoutId }));
  return problem ? (
    <ProblemView problem={problem} path={`${PATH}/${encodeURIComponent(payoutId)}`} />
  ) : (
    <PayoutDetail
      payout={data}
      path={PATH}
      actions={<CancelOwnPayout payoutId={data.id} state={data.state} />}
      download={<DownloadStatement payoutId={data.id} />}
    />
  );
}
