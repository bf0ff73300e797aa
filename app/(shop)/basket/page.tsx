import type { Metadata } from 'next';
import { BasketView } from '#components/shop/basket-view.tsx';
import { createServerCaller } from '#trpc';

export const metadata: Metadata = { title: 'Basket' };

export default async function Page() {
  const api = await createServerCaller();
  const catalogue = await api.shop.catalogue();
  return (
    <main className="mx-auto w-full max-w-6xl px-4 pt-8 pb-10 sm:px-6">
      <h1 className="text-xl font-semibold">Your basket</h1>
      <BasketView {...catalogue} />
    </main>
  );
}
