import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { CheckoutShell } from '#components/checkout/checkout-shell.tsx';
import { isSettled, outcomeOf } from '#components/checkout/outcome.ts';
import { Result } from '#components/checkout/result.tsx';
import { loadCheckout } from '../../load-checkout.ts';

export const metadata: Metadata = { title: 'Your payment', robots: { index: false } };

export default async function Page({ params }: { readonly params: Promise<{ readonly checkoutId: string }> }) {
  const checkout = await loadCheckout((await params).checkoutId);
  if (checkout.status === 'NOT_STARTED') redirect(`/checkout/${encodeURIComponent(checkout.checkoutId)}`);
  return (
    <CheckoutShell step="Receipt">
      {isSettled(outcomeOf(checkout)) ? null : (
        <noscript>
          {/* Without JavaScript the page still moves on by itself, until there is nothing more to wait for. */}
          <meta httpEquiv="refresh" content="4" />
        </noscript>
      )}
      <Result initial={checkout} />
    </CheckoutShell>
  );
}
