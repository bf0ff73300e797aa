import { TRPCError } from '@trpc/server';
import { notFound } from 'next/navigation';
import { createServerCaller } from '#trpc';

type Caller = Awaited<ReturnType<typeof createServerCaller>>;

/** The checkout of this address, or the "not found" page. */
export async function loadCheckout(checkoutId: string): Promise<Awaited<ReturnType<Caller['checkouts']['get']>>> {
  const api = await createServerCaller();
  try {
    return await api.checkouts.get({ checkoutId });
  } catch (error) {
    if (error instanceof TRPCError && (error.code === 'NOT_FOUND' || error.code === 'BAD_REQUEST')) notFound();
    throw error;
  }
}
