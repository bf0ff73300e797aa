'use client';

import { LockKeyhole } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { type Failure, failureOf } from '../failure.ts';
import { useKeyed } from '../keyed.ts';
import { formatAmount } from '../money/format-amount.ts';
import { refreshIfReachable } from '../refresh-if-reachable.ts';
import { trpcClient } from '../trpc-client.ts';
import { Alert } from '../ui/alert.tsx';
import { Button } from '../ui/button.tsx';

export interface PayActionsProps {
  readonly checkoutId: string;
  readonly total: string;
  readonly currency: string;
}

type Doing = 'nothing' | 'paying' | 'cancelling';

const NOT_DONE = {
  paying: 'The payment page could not be opened',
  cancelling: 'The order could not be cancelled',
} as const;

const PERHAPS_DONE = {
  paying:
    'It is not known whether the payment page was opened. Opening it charges nothing, so pressing again is harmless.',
  cancelling: 'It is not known whether the order was cancelled. Pressing again is harmless.',
} as const;

/**
 * The pay button. Two presses open one payment: the second is ignored here, and the server answers the same open page to
 * whoever asks again.
 */
export function PayActions({ checkoutId, total, currency }: PayActionsProps) {
  const router = useRouter();
  const [doing, setDoing] = useState<Doing>('nothing');
  const [failure, setFailure] = useState<Failure & { readonly of: keyof typeof NOT_DONE }>();
  const locked = useRef(false);
  const openPage = useKeyed(trpcClient.checkouts.pay.mutate);
  const cancelCheckout = useKeyed(trpcClient.checkouts.cancel.mutate);

  useEffect(() => {
    // Back from the payment page: the browser may show this page as it was left. The server knows how it stands.
    const restored = (event: PageTransitionEvent) => {
      if (!event.persisted) return;
      locked.current = false;
      setDoing('nothing');
      router.refresh();
    };
    window.addEventListener('pageshow', restored);
    return () => window.removeEventListener('pageshow', restored);
  }, [router]);

  async function run(what: keyof typeof NOT_DONE, action: () => Promise<void>) {
    if (locked.current) return;
    locked.current = true;
    setDoing(what);
    setFailure(undefined);
    try {
      await action();
    } catch (error) {
      locked.current = false;
      setDoing('nothing');
      setFailure({ of: what, ...failureOf(error) });
      void refreshIfReachable(router);
    }
  }

  const pay = () =>
    run('paying', async () => {
      const { redirectUrl } = await openPage({ checkoutId });
      window.location.assign(redirectUrl);
    });

  const cancel = () =>
    run('cancelling', async () => {
      const left = await cancelCheckout({ checkoutId });
      // Nothing was opened yet: then there is nothing to tell, and the basket is where to go.
      window.location.assign(left.payable ? '/basket' : `/checkout/${encodeURIComponent(checkoutId)}/result`);
    });

  return (
    <div className="flex flex-col gap-2">
      {failure ? (
        <Alert
          tone={failure.answered ? 'negative' : 'unknown'}
          role="alert"
          title={failure.answered ? NOT_DONE[failure.of] : failure.message}
          className="mb-2"
        >
          {failure.answered ? failure.message : PERHAPS_DONE[failure.of]}
        </Alert>
      ) : null}
      <Button
        variant="primary"
        size="lg"
        busy={doing === 'paying'}
        disabled={doing !== 'nothing'}
        onClick={() => void pay()}
        className="w-full"
      >
        {doing === 'paying' ? (
          'Opening the payment page…'
        ) : (
          <>
            <LockKeyhole aria-hidden />
            Pay {formatAmount(total, currency)}
          </>
        )}
      </Button>
      <p className="text-xs text-subtle">You enter your card at the payment provider. We never see its number.</p>
      <Button
        variant="ghost"
        className="mt-1 text-muted"
        busy={doing === 'cancelling'}
        disabled={doing !== 'nothing'}
        onClick={() => void cancel()}
      >
        Cancel this order
      </Button>
    </div>
  );
}
