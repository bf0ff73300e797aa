'use client';

import { useEffect, useState } from 'react';
import { trpcClient } from '../trpc-client.ts';
import type { CheckoutView } from './checkout-view.ts';
import { isSettled, outcomeOf } from './outcome.ts';

/** Pause between two questions when the event stream does not work here, in milliseconds. */
const POLL_MS = 2_000;

/** Follows a checkout until it is settled: by server-sent events, and by asking where those do not get through. */
export function useCheckout(initial: CheckoutView): CheckoutView {
  const [checkout, setCheckout] = useState(initial);
  const settled = isSettled(outcomeOf(checkout));
  const { checkoutId } = initial;

  useEffect(() => {
    if (settled) return;
    let poll: ReturnType<typeof setInterval> | undefined;
    const stream = new EventSource(`/api/checkouts/${encodeURIComponent(checkoutId)}/events`);
    stream.onmessage = (event: MessageEvent<string>) => setCheckout(JSON.parse(event.data) as CheckoutView);
    stream.onerror = () => {
      // The browser reconnects by itself unless the answer was no stream at all.
      if (stream.readyState !== EventSource.CLOSED || poll) return;
      poll = setInterval(() => void ask(), POLL_MS);
    };

    async function ask() {
      try {
        setCheckout(await trpcClient.checkouts.get.query({ checkoutId }));
      } catch {
        // Offline for a moment; the next question may get through.
      }
    }

    return () => {
      stream.close();
      clearInterval(poll);
    };
  }, [checkoutId, settled]);

  return checkout;
}
