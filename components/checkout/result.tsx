'use client';

import { useEffect, useRef, useState } from 'react';
import { settleCheckout } from '../shop/basket-store.ts';
import { Alert } from '../ui/alert.tsx';
import { cn } from '../ui/cn.ts';
import type { CheckoutView } from './checkout-view.ts';
import { NextSteps } from './next-steps.tsx';
import { OrderLines } from './order-lines.tsx';
import { isSettled, outcomeOf } from './outcome.ts';
import { OUTCOMES } from './outcomes.ts';
import { ProgressSteps } from './progress-steps.tsx';
import { ReceiptFacts } from './receipt-facts.tsx';
import { useCheckout } from './use-checkout.ts';

/** After this silence the page says so and lets the shopper go; it is never an error. */
const PATIENCE_MS = 15_000;

/** What became of the payment, from the server's state only. It changes by itself as the state does. */
export function Result({ initial }: { readonly initial: CheckoutView }) {
  const checkout = useCheckout(initial);
  const heading = useRef<HTMLHeadingElement>(null);
  const outcome = outcomeOf(checkout);
  const slow = useSlow(!isSettled(outcome));
  const look = OUTCOMES[outcome];
  const Icon = look.icon;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the heading takes the focus again whenever the outcome changes.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [outcome]);

  useEffect(() => {
    if (outcome === 'paid') settleCheckout(checkout.checkoutId);
    document.title = `${look.title} · Countinghouse`;
  }, [outcome, checkout.checkoutId, look.title]);

  return (
    <div className="mx-auto max-w-2xl">
      <header className="flex flex-col items-start">
        <span
          data-tone={look.tone}
          className={cn('flex size-12 items-center justify-center rounded-lg border print:hidden', look.className)}
        >
          <Icon aria-hidden className="size-6" strokeWidth={1.75} />
        </span>
        <h1 ref={heading} tabIndex={-1} className="mt-5 text-xl font-semibold">
          {look.title}
        </h1>
        <p className="mt-2 max-w-xl text-base text-muted">{look.text}</p>
      </header>
      {outcome === 'paid' || !isSettled(outcome) ? (
        <ProgressSteps checkout={checkout} className="mt-8 print:hidden" />
      ) : null}
      {slow ? (
        <Alert tone="unknown" role="status" className="mt-6" title="Still confirming">
          This takes longer than usual, but nothing is lost and nobody pays twice. You can close this page: the payment
          goes on without it, and this address always shows how it stands.
        </Alert>
      ) : null}
      <section aria-labelledby="orders" className="mt-8 rounded-lg border border-line bg-surface">
        <h2 id="orders" className="border-b border-line px-4 py-3 text-sm font-semibold sm:px-5">
          {outcome === 'paid' || outcome === 'partly-paid' ? 'Receipt' : 'Your order'}
        </h2>
        <ReceiptFacts checkout={checkout} />
        <OrderLines
          checkout={checkout}
          withStatus={outcome !== 'confirming'}
          totalLabel={outcome === 'partly-paid' ? 'All orders, paid or not' : 'Total'}
        />
      </section>
      <NextSteps checkout={checkout} outcome={outcome} slow={slow} />
    </div>
  );
}

function useSlow(waiting: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!waiting) return setSlow(false);
    const timer = setTimeout(() => setSlow(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [waiting]);
  return slow;
}
