import { checkoutEvents, createServerCaller } from '#trpc';

/** The checkout as server-sent events. */
export async function GET(
  request: Request,
  { params }: { readonly params: Promise<{ readonly checkoutId: string }> },
): Promise<Response> {
  const { checkoutId } = await params;
  return checkoutEvents({ checkoutId, signal: request.signal, caller: createServerCaller });
}
