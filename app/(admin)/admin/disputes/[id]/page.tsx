import type { Metadata } from 'next';
import { idFromPath } from '#components/console/id-from-path.ts';
import { ProblemView } from '#components/console/problem-view.tsx';
import { DisputePage } from '#components/disputes/dispute-page.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Dispute' };

export default async function Page({ params }: { readonly params: Promise<{ id: string }> }) {
  const id = idFromPath((await params).id);
  const { data, problem } = await load((api) => api.admin.disputes.get({ id }));
  return problem ? (
    <ProblemView problem={problem} path={`/admin/disputes/${encodeURIComponent(id)}`} />
  ) : (
    <DisputePage door="admin" dispute={data} />
  );
}
