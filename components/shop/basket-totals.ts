import { formatMinor, isCurrencyCode, parseAmount } from '#kernel';
import type { BasketItem } from './basket-store.ts';
import type { CatalogueView, ProductView } from './catalogue-view.ts';

export interface BasketLine {
  readonly product: ProductView;
  readonly sellerName: string;
  readonly quantity: number;
  /** Decimal string: price × quantity. */
  readonly total: string;
}

export interface BasketSection {
  readonly currency: string;
  readonly total: string;
  readonly lines: readonly BasketLine[];
}

/**
 * The basket by currency, because one hosted checkout takes one. Shown to the shopper only: the server prices it again.
 * Products that are no longer sold are left out.
 */
export function basketSections(
  items: readonly BasketItem[],
  { products, sellers }: CatalogueView,
): readonly BasketSection[] {
  const found = items.flatMap(({ productId, quantity }) => {
    const product = products.find((candidate) => candidate.id === productId);
    return product ? [{ product, quantity }] : [];
  });
  return [...new Set(found.map(({ product }) => product.currency))].filter(isCurrencyCode).map((currency) => {
    let totalMinor = 0n;
    const lines = found
      .filter(({ product }) => product.currency === currency)
      .map(({ product, quantity }) => {
        const lineMinor = parseAmount(product.price, currency).amountMinor * BigInt(quantity);
        totalMinor += lineMinor;
        const sellerName = sellers.find((seller) => seller.id === product.sellerId)?.name ?? product.sellerId;
        return { product, sellerName, quantity, total: formatMinor(lineMinor, currency) };
      });
    return { currency, total: formatMinor(totalMinor, currency), lines };
  });
}
