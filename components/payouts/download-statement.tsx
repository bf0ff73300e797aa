'use client';

import { Download } from 'lucide-react';
import { trpcClient } from '../trpc-client.ts';
import { Button } from '../ui/button.tsx';
import { toast } from '../ui/toast.tsx';

/** Saves the payout's lines as CSV. */
export function DownloadStatement({ payoutId }: { readonly payoutId: string }) {
  async function save(): Promise<void> {
    try {
      const csv = await trpcClient.seller.payouts.statementCsv.query({ payoutId });
      const url = URL.createObjectURL(new Blob([csv], { type: 'text/csv' }));
      const link = document.createElement('a');
      Object.assign(link, { href: url, download: `${payoutId}.csv` }).click();
      URL.revokeObjectURL(url);
    } catch {
      toast.error('The statement could not be loaded. Try again.');
    }
  }
  return (
    <Button size="sm" onClick={save}>
      <Download aria-hidden />
      CSV
    </Button>
  );
}
