import { ArrowLeft } from 'lucide-react';
import Link from 'next/link';
import { Alert } from '../ui/alert.tsx';
import type { CheckoutView } from './checkout-view.ts';
import { OrderLines } from './order-lines.tsx';
import { PayActions } from './pay-actions.tsx';

/** Everything once more before money moves (WCAG 3.3.4): what, to whom, how much, and who pays. */
export function Review({ checkout }: { readonly checkout: CheckoutView }) {
  return (
    <>
      <Link
        href="/basket"
        className="mb-4 inline-flex min-h-6 items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-4" />
        Back to the basket
      </Link>
      <h1 className="text-xl font-semibold">Review and pay</h1>
      <div className="mt-6 grid items-start gap-6 lg:grid-cols-[7fr_5fr] lg:gap-10">
        <section aria-labelledby="order" className="min-w-0 rounded-lg border border-line bg-surface">
          <h2 id="order" className="border-b border-line px-4 py-3 text-sm font-semibold sm:px-5">
            Your order
          </h2>
          <OrderLines checkout={checkout} />
        </section>
        <section
          aria-labelledby="payer"
          className="flex flex-col gap-5 rounded-lg border border-line bg-surface p-4 sm:p-5 lg:sticky lg:top-6"
        >
          <div>
            <h2 id="payer" className="text-sm font-semibold">
              Paid by
            </h2>
            <p className="mt-1 text-sm break-words">{checkout.buyer.name}</p>
            <p className="text-sm break-words text-muted">{checkout.buyer.email}</p>
          </div>
          {checkout.lastDecline ? (
            <Alert tone="negative" title="The last try was declined">
              {checkout.lastDecline.message}
            </Alert>
          ) : null}
          <PayActions
            checkoutId={checkout.checkoutId}
            total={checkout.total ?? ''}
            currency={checkout.currency ?? ''}
          />
        </section>
      </div>
    </>
  );
}
