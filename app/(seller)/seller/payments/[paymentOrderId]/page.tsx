import type { Metadata } from 'next';
import { idFromPath } from '#components/console/id-from-path.ts';
import { ProblemView } from '#components/console/problem-view.tsx';
import { SellerPayment } from '#components/seller/seller-payment.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Payment' };

export default async function Page({ params }: { readonly params: Promise<{ paymentOrderId: string }> }) {
  const paymentOrderId = idFromPath((await params).paymentOrderId);
  const { data, problem } = await load((api) => api.seller.payment({ paymentOrderId }));
  return problem ? (
    <ProblemView problem={problem} path={`/seller/payments/${encodeURIComponent(paymentOrderId)}`} />
  ) : (
    <SellerPayment payment={data} />
  );
}
