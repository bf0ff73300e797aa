'use client';

import { CircleCheck, History } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { formatMinorUnits } from '../money/format-amount.ts';
import { buttonVariants } from '../ui/button.tsx';
import { PayShell } from './pay-shell.tsx';
import type { PaymentPage } from './simulator.ts';

/** A session that is over shows how it ended, however often and by whichever way it is opened again. */
export function FinishedPage({ page }: { readonly page: PaymentPage }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const paid = page.status === 'complete';
  const Icon = paid ? CircleCheck : History;
  const onward = paid ? page.success_url : page.cancel_url;

  useEffect(() => heading.current?.focus(), []);

  return (
    <PayShell page={page}>
      <span className={paid ? 'text-positive-text' : 'text-muted'}>
        <Icon aria-hidden className="size-8" strokeWidth={1.5} />
      </span>
      <h1 ref={heading} tabIndex={-1} className="mt-4 text-lg font-semibold">
        {paid ? 'This payment is complete' : 'This page has expired'}
      </h1>
      <p className="mt-2 max-w-md text-base text-muted">
        {paid
          ? `${formatMinorUnits(page.amount_total, page.currency)} was paid to ${page.merchant.name}. It is charged once, no matter how often this page is opened.`
          : 'Nothing was charged. Your basket is kept in the shop, so you can start the payment again.'}
      </p>
      {onward ? (
        <a href={onward} className={buttonVariants({ variant: 'primary', size: 'lg', className: 'mt-6' })}>
          {paid ? 'See your receipt' : 'Return to shop'}
        </a>
      ) : null}
    </PayShell>
  );
}
