'use client';

import { TRPCClientError } from '@trpc/client';
import { useRouter } from 'next/navigation';
import { useState } from 'react';

/** Does something a person asked for, tells what went wrong, and shows the page anew when it is done. */
export function useAct() {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  async function act(work: () => Promise<unknown>): Promise<boolean> {
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
      router.refresh();
      return true;
    } catch (error) {
      const known = error instanceof TRPCClientError ? error.data != null : error instanceof Error;
      setProblem(known ? (error as Error).message : 'The server did not answer. Try again: it happens once.');
      return false;
    } finally {
      setBusy(false);
    }
  }
  return { act, busy, problem };
}
