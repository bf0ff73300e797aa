import type { Metadata } from 'next';
import { DeadLetters } from '#components/admin/dead-letters.tsx';
import { PageHeader } from '#components/console/page-header.tsx';
import { ProblemView } from '#components/console/problem-view.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Dead letters' };

export default async function Page() {
  const { data, problem } = await load((api) => api.admin.deadLetters.list());
  if (problem) return <ProblemView problem={problem} path="/admin/dead-letters" />;
  return (
    <>
      <PageHeader title="Dead letters" purpose="What could not be finished by itself and waits for a person." />
      <DeadLetters letters={data} />
    </>
  );
}
