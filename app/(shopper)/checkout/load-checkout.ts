import { TRPCError } from '@trpc/server';
import { notFound } from 'next/navigation';
import { idFromPath } from '#components/console/id-from-path.ts';
import { createServerCaller } from '#trpc';

type Caller = Awaited<ReturnType<typeof createServerCaller>>;

/** The checkout that a segment of this address names, or the "not found" page. */
export async function loadCheckout(segment: string): Promise<Awaited<ReturnType<Caller['checkouts']['get']>>> {
  const api = await createServerCaller();
  try {
    return await api.checkouts.get({ checkoutId: idFromPath(segment) });
  } catch (error) {
    if (error instanceof TRPCError && (error.code === 'NOT_FOUND' || error.code === 'BAD_REQUEST')) notFound();
    throw error;
  }
}
