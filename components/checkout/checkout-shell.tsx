import Link from 'next/link';
import type { ReactNode } from 'react';
import { Logo } from '../brand/logo.tsx';
import { cn } from '../ui/cn.ts';

const STEPS = ['Review', 'Pay', 'Receipt'] as const;

export interface CheckoutShellProps {
  readonly step: (typeof STEPS)[number];
  readonly children: ReactNode;
}

/** The frame of the shopper's own pages around the payment: no way to wander off but the shop's name. */
export function CheckoutShell({ step, children }: CheckoutShellProps) {
  const current = STEPS.indexOf(step);
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="border-b border-line bg-surface print:border-0">
        <div className="mx-auto flex min-h-14 max-w-[65rem] flex-wrap items-center justify-between gap-x-6 gap-y-2 px-4 py-2 sm:px-6">
          <Link href="/" className="flex rounded-md" aria-label="Countinghouse, start">
            <Logo />
          </Link>
          <ol aria-label="Steps" className="flex items-center gap-2 text-xs text-subtle print:hidden">
            {STEPS.map((name, index) => (
              <li
                key={name}
                aria-current={index === current ? 'step' : undefined}
                className={cn('flex items-center gap-2', index === current && 'font-semibold text-ink')}
              >
                {index > 0 ? <span aria-hidden className="h-px w-4 bg-line-strong sm:w-6" /> : null}
                {name}
              </li>
            ))}
          </ol>
        </div>
      </header>
      <main className="mx-auto w-full max-w-[65rem] flex-1 px-4 py-8 sm:px-6 lg:py-12">{children}</main>
    </div>
  );
}
