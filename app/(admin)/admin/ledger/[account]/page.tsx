import type { Metadata } from 'next';
import { createLoader, parseAsString, type SearchParams } from 'nuqs/server';
import { AccountStatement } from '#components/admin/account-statement.tsx';
import { idFromPath } from '#components/console/id-from-path.ts';
import { ProblemView } from '#components/console/problem-view.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Statement' };

const loadSearch = createLoader({ cursor: parseAsString });

interface Props {
  readonly params: Promise<{ account: string }>;
  readonly searchParams: Promise<SearchParams>;
}

export default async function Page({ params, searchParams }: Props) {
  const accountId = idFromPath((await params).account);
  const { cursor } = await loadSearch(searchParams);
  const { data, problem } = await load((api) => api.admin.ledger.statement({ accountId, cursor: cursor ?? undefined }));
  return problem ? (
    <ProblemView problem={problem} path={`/admin/ledger/${encodeURIComponent(accountId)}`} />
  ) : (
    <AccountStatement accountId={accountId} statement={data} cursor={cursor} />
  );
}
