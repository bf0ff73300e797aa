import { createHash } from 'node:crypto';
import { type KeyedRun, UNKEYED } from '#idempotency';
import { createCheckout } from '#payments';
import { findProducts } from './catalogue.queries.ts';
import { type BasketItem, priceBasket } from './price-basket.ts';

export interface OpenCheckout {
  readonly items: readonly BasketItem[];
  readonly buyer: {
    /** Id of the signed-in shopper; absent for a guest. */
    readonly userId?: string | undefined;
    readonly email: string;
    readonly name: string;
  };
}

/** Opens checkouts for guests: whoever holds the link may pay. A signed-in shopper's checkout is theirs alone. */
const GUEST_PRINCIPAL = 'shop';

/**
 * Turns a basket into a checkout, one payment order per line, priced from the catalogue. Nothing is charged. Each call opens another
 * checkout, a keyed request one, at the prices of that moment. Errors: those of {@link priceBasket}.
 */
export async function openCheckout(
  { items, buyer }: OpenCheckout,
  keyed: KeyedRun = UNKEYED,
): Promise<{ checkoutId: string }> {
  if (keyed.subjectId) return { checkoutId: keyed.subjectId };
  const products = await findProducts(items.map((item) => item.productId));
  const { currency, lines } = priceBasket(items, products);
  const { checkoutId } = await createCheckout(
    {
      buyer: { userId: buyer.userId ?? guestId(buyer.email), email: buyer.email, name: buyer.name },
      orders: lines.map(({ sellerId, description, amountMinor }) => ({
        sellerAccount: sellerId,
        description,
        amount: { amountMinor, currency },
      })),
    },
    buyer.userId ? `user:${buyer.userId}` : GUEST_PRINCIPAL,
    keyed,
  );
  return { checkoutId };
}

/** A guest is the same buyer in the books whenever the same address pays, without the address standing in account names. */
export function guestId(email: string): string {
  return `guest_${createHash('sha256').update(email.toLowerCase()).digest('hex').slice(0, 24)}`;
}
