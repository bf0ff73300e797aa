import { prisma } from '#db';
import { type CurrencyCode, formatMinor, isCurrencyCode } from '#kernel';

export interface ShopSeller {
  readonly id: string;
  readonly name: string;
  readonly tagline: string;
}

export interface ShopProduct {
  readonly id: string;
  readonly sellerId: string;
  readonly name: string;
  readonly description: string;
  /** Decimal string in major units. */
  readonly price: string;
  readonly currency: CurrencyCode;
  /** Key of the product's drawing. */
  readonly art: string;
}

export interface Catalogue {
  readonly sellers: readonly ShopSeller[];
  readonly products: readonly ShopProduct[];
}

/** Most products one page of the demo shop shows; a catalogue beyond it wants paging, not a longer page. */
const CATALOGUE_LIMIT = 200;

/** Everything the shop sells, in shelf order, with the sellers that have something on it. */
export async function loadCatalogue(): Promise<Catalogue> {
  const rows = await prisma().product.findMany({
    orderBy: [{ position: 'asc' }, { id: 'asc' }],
    take: CATALOGUE_LIMIT,
    include: { seller: { select: { id: true, displayName: true, tagline: true } } },
  });
  const sellers = new Map<string, ShopSeller>();
  const products: ShopProduct[] = [];
  for (const { id, sellerId, name, description, priceMinor, currency, art, seller } of rows) {
    if (!isCurrencyCode(currency)) continue;
    sellers.set(seller.id, { id: seller.id, name: seller.displayName, tagline: seller.tagline });
    products.push({ id, sellerId, name, description, price: formatMinor(priceMinor, currency), currency, art });
  }
  return { sellers: [...sellers.values()], products };
}

/** What pricing needs of a product: its price is the database's, never the browser's. */
export interface PricedProduct {
  readonly id: string;
  readonly sellerId: string;
  readonly name: string;
  readonly priceMinor: bigint;
  readonly currency: string;
}

/** The named products; those that do not exist are missing from the answer. */
export function findProducts(ids: readonly string[]): Promise<PricedProduct[]> {
  return prisma().product.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, sellerId: true, name: true, priceMinor: true, currency: true },
  });
}
