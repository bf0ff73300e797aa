import type { Metadata } from 'next';
import { AdminPayment } from '#components/admin/admin-payment.tsx';
import { idFromPath } from '#components/console/id-from-path.ts';
import { ProblemView } from '#components/console/problem-view.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Payment' };

export default async function Page({ params }: { readonly params: Promise<{ id: string }> }) {
  const id = idFromPath((await params).id);
  const { data, problem } = await load((api) => api.admin.payments.get({ id }));
  return problem ? (
    <ProblemView problem={problem} path={`/admin/payments/${encodeURIComponent(id)}`} />
  ) : (
    <AdminPayment payment={data} />
  );
}
