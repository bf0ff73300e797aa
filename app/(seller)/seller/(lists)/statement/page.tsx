import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { PageHeader } from '#components/console/page-header.tsx';
import { ProblemView } from '#components/console/problem-view.tsx';
import { accountOf, loadStatementSearch, statementUrl } from '#components/seller/statement-search.ts';
import { StatementTable } from '#components/seller/statement-table.tsx';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Statement' };

export default async function Page({ searchParams }: { readonly searchParams: Promise<SearchParams> }) {
  const search = await loadStatementSearch(searchParams);
  const { data, problem } = await load(async (api) => {
    const [statement, wallet] = await Promise.all([
      api.seller.statement({ account: accountOf(search), cursor: search.cursor ?? undefined }),
      api.seller.wallet(),
    ]);
    return { statement, balances: wallet.balances };
  });
  if (problem) return <ProblemView problem={problem} path={statementUrl('/seller/statement', search)} />;
  return (
    <>
      <PageHeader
        title="Statement"
        purpose="Your lines in the ledger. A credit is money the market owes you, a debit takes it away; every line opens the transaction with both its sides."
      />
      <StatementTable {...data} selected={search} />
    </>
  );
}
