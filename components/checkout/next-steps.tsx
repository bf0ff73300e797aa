'use client';

import { Printer } from 'lucide-react';
import Link from 'next/link';
import { Button, buttonVariants } from '../ui/button.tsx';
import type { CheckoutView } from './checkout-view.ts';
import type { Outcome } from './outcome.ts';

export interface NextStepsProps {
  readonly checkout: CheckoutView;
  readonly outcome: Outcome;
  readonly slow: boolean;
}

/** The one thing to do next, and the way back to the shop. While the outcome is unknown there is no way to pay again. */
export function NextSteps({ checkout, outcome, slow }: NextStepsProps) {
  const again = outcome === 'failed' && checkout.payable;
  const back = outcome === 'confirming' && slow && checkout.payable && checkout.pageUrl;
  const basket = outcome === 'cancelled' || outcome === 'expired' || (outcome === 'failed' && !checkout.payable);
  const receipt = outcome === 'paid' || outcome === 'partly-paid';
  return (
    <div className="mt-6 flex flex-col gap-2 min-[420px]:flex-row min-[420px]:flex-wrap print:hidden">
      {again ? (
        <Link
          href={`/checkout/${encodeURIComponent(checkout.checkoutId)}`}
          className={buttonVariants({ variant: 'primary', size: 'lg' })}
        >
          Try again
        </Link>
      ) : null}
      {back ? (
        <a href={back} className={buttonVariants({ size: 'lg' })}>
          Open the payment page again
        </a>
      ) : null}
      {basket ? (
        <Link href="/basket" className={buttonVariants({ variant: 'primary', size: 'lg' })}>
          Back to the basket
        </Link>
      ) : null}
      {receipt ? (
        <Button size="lg" onClick={() => window.print()}>
          <Printer aria-hidden />
          Print receipt
        </Button>
      ) : null}
      <Link href="/shop" className={buttonVariants({ size: 'lg', variant: receipt ? 'primary' : 'secondary' })}>
        Return to shop
      </Link>
    </div>
  );
}
