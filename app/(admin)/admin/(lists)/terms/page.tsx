import type { Metadata } from 'next';
import { Terms } from '#components/admin/terms.tsx';
import { PageHeader } from '#components/console/page-header.tsx';
import { ProblemView } from '#components/console/problem-view.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Terms' };

export default async function Page() {
  const { data, problem } = await load((api) => api.admin.terms());
  if (problem) return <ProblemView problem={problem} path="/admin/terms" />;
  return (
    <>
      <PageHeader
        title="Terms"
        purpose="What the market keeps of an order, and how long a seller waits for the rest. An order keeps the commission under which it was accepted."
      />
      <Terms terms={data} />
    </>
  );
}
