import { ArrowLeft, LockKeyhole } from 'lucide-react';
import type { ReactNode } from 'react';
import { OrderSummary } from './order-summary.tsx';
import type { PaymentPage } from './simulator.ts';

export interface PayShellProps {
  readonly page: PaymentPage;
  /** Stands in the ribbon, at its end. */
  readonly help?: ReactNode;
  readonly onLeave?: (event: { preventDefault(): void }) => void;
  readonly children: ReactNode;
}

/** The frame of the hosted page: what is paid on the left, the one thing to do on the right. */
export function PayShell({ page, help, onLeave, children }: PayShellProps) {
  return (
    <div className="flex min-h-dvh flex-col">
      {page.livemode ? null : <SandboxRibbon help={help} />}
      <div className="grid flex-1 grid-rows-[auto_1fr] lg:grid-cols-[5fr_7fr] lg:grid-rows-1">
        <aside aria-label="Your order" className="border-b border-line bg-sunken lg:border-e lg:border-b-0">
          <div className="mx-auto flex max-w-xl flex-col px-4 py-4 sm:px-6 lg:sticky lg:top-0 lg:ms-auto lg:me-0 lg:min-h-[calc(100dvh-2.5rem)] lg:max-w-[27rem] lg:px-10 lg:py-12">
            {page.cancel_url && page.status === 'open' ? (
              <a
                href={page.cancel_url}
                onClick={onLeave}
                className="mb-4 inline-flex min-h-6 items-center gap-1.5 self-start rounded-sm text-sm text-muted hover:text-ink lg:mb-10"
              >
                <ArrowLeft aria-hidden className="size-4" />
                Return to shop
              </a>
            ) : null}
            <OrderSummary page={page} />
            <p className="mt-auto hidden items-start gap-2 pt-10 text-xs text-subtle lg:flex">
              <LockKeyhole aria-hidden className="mt-px size-3.5 shrink-0" />
              <span>
                Secure test payment by the PSP simulator. Your card goes from this browser to the provider;{' '}
                {page.merchant.name} never sees its number.
              </span>
            </p>
          </div>
        </aside>
        <main className="bg-surface">
          <div className="mx-auto max-w-xl px-4 pt-6 pb-10 sm:px-6 lg:mx-0 lg:max-w-[38rem] lg:px-14 lg:py-12">
            {children}
          </div>
        </main>
      </div>
    </div>
  );
}

function SandboxRibbon({ help }: { readonly help: ReactNode }) {
  return (
    <header className="flex min-h-10 items-center gap-3 border-b border-caution-line bg-caution-soft px-4 text-xs text-caution-text sm:px-6">
      <span className="font-semibold tracking-[0.08em]">SANDBOX</span>
      <span className="hidden min-[360px]:inline">No real money moves</span>
      <span className="ms-auto">{help}</span>
    </header>
  );
}
