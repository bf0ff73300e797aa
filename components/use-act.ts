'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { type Failure, failureOf } from './failure.ts';
import { refreshIfReachable } from './refresh-if-reachable.ts';

/**
 * Does something a person asked for and tells what went wrong. The page is shown anew when it is done, and when nobody answered:
 * then the page knows more than the form.
 */
export function useAct() {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  async function act(work: () => Promise<unknown>): Promise<boolean> {
    setBusy(true);
    setFailure(undefined);
    try {
      await work();
      router.refresh();
      return true;
    } catch (error) {
      const problem = failureOf(error);
      setFailure(problem);
      if (!problem.answered) void refreshIfReachable(router);
      return false;
    } finally {
      setBusy(false);
    }
  }
  return { act, busy, failure };
}
