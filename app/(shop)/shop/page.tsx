import type { Metadata } from 'next';
import { BasketBar } from '#components/shop/basket-link.tsx';
import { Catalogue } from '#components/shop/catalogue.tsx';
import { createServerCaller } from '#trpc';

export const metadata: Metadata = { title: 'Shop' };

export default async function Page() {
  const api = await createServerCaller();
  const catalogue = await api.shop.catalogue();
  return (
    <main className="mx-auto w-full max-w-6xl px-4 pt-8 pb-10 sm:px-6">
      <h1 className="text-xl font-semibold">The market</h1>
      <p className="mt-1 max-w-xl text-base text-muted">
        Several makers, one basket. Each line becomes a payment order of its own and is credited to the seller who made
        it.
      </p>
      <Catalogue {...catalogue} />
      <BasketBar />
    </main>
  );
}
