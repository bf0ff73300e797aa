import type { Metadata } from 'next';
import { ProblemView } from '#components/console/problem-view.tsx';
import { SellerHome } from '#components/seller/seller-home.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Wallet' };

export default async function Page() {
  const { data, problem } = await load(async (api) => {
    const [wallet, payments] = await Promise.all([api.seller.wallet(), api.seller.payments({})]);
    return { wallet, payments };
  });
  return problem ? <ProblemView problem={problem} path="/seller" /> : <SellerHome {...data} />;
}
