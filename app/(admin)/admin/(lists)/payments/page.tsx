import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { AdminPayments } from '#components/admin/admin-payments.tsx';
import { PageHeader } from '#components/console/page-header.tsx';
import { filterOf, loadPaymentSearch, paymentSearchUrl } from '#components/console/payment-search.ts';
import { ProblemView } from '#components/console/problem-view.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Payments' };

export default async function Page({ searchParams }: { readonly searchParams: Promise<SearchParams> }) {
  const search = await loadPaymentSearch(searchParams);
  const { data, problem } = await load((api) => api.admin.payments.list(filterOf(search)));
  if (problem) return <ProblemView problem={problem} path={paymentSearchUrl('/admin/payments', search)} />;
  return (
    <>
      <PageHeader title="Payments" purpose="Every checkout, from the shop and from the API, with all its orders." />
      <AdminPayments payments={data} search={search} />
    </>
  );
}
