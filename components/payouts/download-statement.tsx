'use client';

import { Download } from 'lucide-react';
import { useState } from 'react';
import { failureOf } from '../failure.ts';
import { trpcClient } from '../trpc-client.ts';
import { Button } from '../ui/button.tsx';

/** Saves the payout's lines as CSV. */
export function DownloadStatement({ payoutId }: { readonly payoutId: string }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  async function save(): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      const csv = await trpcClient.seller.payouts.statementCsv.query({ payoutId });
      const url = URL.createObjectURL(new Blob([csv], { type: 'text/csv' }));
      const link = document.createElement('a');
      Object.assign(link, { href: url, download: `${payoutId}.csv` }).click();
      URL.revokeObjectURL(url);
    } catch (error) {
      setProblem(failureOf(error).message);
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className="grid justify-items-start gap-2 sm:justify-items-end">
      <Button size="sm" busy={busy} onClick={save}>
        {busy ? null : <Download aria-hidden />}
        CSV
      </Button>
      {problem ? (
        <p role="alert" className="max-w-40 text-xs text-negative-text sm:text-end">
          The statement could not be loaded. {problem} Try again.
        </p>
      ) : null}
    </div>
  );
}
