import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { DeadLetters } from '#components/admin/dead-letters.tsx';
import { chosenCause, letterSearchUrl, loadLetterSearch } from '#components/admin/letter-search.ts';
import { PageHeader } from '#components/console/page-header.tsx';
import { ProblemView } from '#components/console/problem-view.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Dead letters' };

export default async function Page({ searchParams }: { readonly searchParams: Promise<SearchParams> }) {
  const search = await loadLetterSearch(searchParams);
  const chosen = chosenCause(search);
  const { data, problem } = await load(async (api) => {
    const [causes, letters] = await Promise.all([api.admin.deadLetters.causes(), api.admin.deadLetters.list(chosen)]);
    return { causes, letters };
  });
  if (problem) return <ProblemView problem={problem} path={letterSearchUrl('/admin/dead-letters', search)} />;
  return (
    <>
      <PageHeader title="Dead letters" purpose="What could not be finished by itself and waits for a person." />
      <DeadLetters {...data} chosen={chosen} />
    </>
  );
}
