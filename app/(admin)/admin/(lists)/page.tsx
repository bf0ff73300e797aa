import type { Metadata } from 'next';
import { Overview } from '#components/admin/overview.tsx';
import { ProblemView } from '#components/console/problem-view.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Overview' };

export default async function Page() {
  const { data, problem } = await load(async (api) => {
    const [overview, payments] = await Promise.all([api.admin.overview(), api.admin.payments.list({})]);
    return { overview, payments };
  });
  return problem ? <ProblemView problem={problem} path="/admin" /> : <Overview {...data} />;
}
