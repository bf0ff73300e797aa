import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { CheckoutShell } from '#components/checkout/checkout-shell.tsx';
import { Review } from '#components/checkout/review.tsx';
import { loadCheckout } from '../load-checkout.ts';

export const metadata: Metadata = { title: 'Review and pay', robots: { index: false } };

export default async function Page({ params }: { readonly params: Promise<{ readonly checkoutId: string }> }) {
  const checkout = await loadCheckout((await params).checkoutId);
  if (!checkout.payable) redirect(`/checkout/${encodeURIComponent(checkout.checkoutId)}/result`);
  return (
    <CheckoutShell step="Review">
      <Review checkout={checkout} />
    </CheckoutShell>
  );
}
