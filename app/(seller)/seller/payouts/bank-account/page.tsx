import type { Metadata } from 'next';
import { ProblemView } from '#components/console/problem-view.tsx';
import { BankAccountForm } from '#components/payouts/bank-account-form.tsx';
import { BANK_ACCOUNT_PATH } from '#components/payouts/bank-account-path.ts';
import { config } from '#config';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Add a bank account' };

export default async function Page() {
  const { problem } = await load((api) => api.seller.payouts.settings());
  if (problem) return <ProblemView problem={problem} path={BANK_ACCOUNT_PATH} />;
  return (
    <BankAccountForm
      path="/seller/payouts"
      access={{ origin: config().PSP_BASE_URL, publishableKey: config().PSP_PUBLISHABLE_KEY }}
    />
  );
}
