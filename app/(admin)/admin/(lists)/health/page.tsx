import type { Metadata } from 'next';
import { BooksHealth } from '#components/admin/books-health.tsx';
import { ProblemView } from '#components/console/problem-view.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Health' };

export default async function Page() {
  const { data, problem } = await load((api) => api.admin.books.health());
  return problem ? <ProblemView problem={problem} path="/admin/health" /> : <BooksHealth health={data} />;
}
