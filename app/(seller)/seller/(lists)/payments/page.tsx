import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { PageHeader } from '#components/console/page-header.tsx';
import { filterOf, loadPaymentSearch, paymentSearchUrl } from '#components/console/payment-search.ts';
import { ProblemView } from '#components/console/problem-view.tsx';
import { SellerPayments } from '#components/seller/seller-payments.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Payments' };

export default async function Page({ searchParams }: { readonly searchParams: Promise<SearchParams> }) {
  const search = await loadPaymentSearch(searchParams);
  const { data, problem } = await load((api) => api.seller.payments(filterOf(search)));
  if (problem) return <ProblemView problem={problem} path={paymentSearchUrl('/seller/payments', search)} />;
  return (
    <>
      <PageHeader title="Payments" purpose="Every order from a shopper to you, whatever became of it." />
      <SellerPayments payments={data} search={search} />
    </>
  );
}
