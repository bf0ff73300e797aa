import { Amount } from '../money/amount.tsx';
import { AddToBasket } from './add-to-basket.tsx';
import { ProductArt } from './art/art.tsx';
import type { CatalogueView, ProductView } from './catalogue-view.ts';

/** Shelves of the shop: one per seller, since each line of a basket becomes a payment order of its seller. */
export function Catalogue({ sellers, products }: CatalogueView) {
  return (
    <div className="divide-y divide-line">
      {sellers.map((seller) => (
        <section
          key={seller.id}
          aria-labelledby={`shelf-${seller.id}`}
          className="grid gap-x-8 gap-y-5 py-8 lg:grid-cols-[11rem_1fr] lg:py-10"
        >
          <header>
            <h2 id={`shelf-${seller.id}`} className="text-base font-semibold">
              {seller.name}
            </h2>
            <p className="mt-1 text-sm text-muted">{seller.tagline}</p>
          </header>
          <ul className="grid grid-cols-1 gap-x-5 gap-y-5 sm:grid-cols-2 sm:gap-y-7 md:grid-cols-3">
            {products
              .filter((product) => product.sellerId === seller.id)
              .map((product) => (
                <li key={product.id} className="flex">
                  <ProductCard product={product} />
                </li>
              ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** A row on a phone, a card from there on. */
function ProductCard({ product }: { readonly product: ProductView }) {
  return (
    <article className="grid w-full grid-cols-[7rem_1fr] gap-x-4 sm:flex sm:flex-col">
      <div className="overflow-hidden rounded-lg border border-line">
        <ProductArt art={product.art} className="h-full sm:aspect-[4/3] sm:h-auto" />
      </div>
      <div className="flex min-w-0 flex-col sm:flex-1 sm:pt-3">
        <h3 className="text-sm font-medium">{product.name}</h3>
        <p className="mt-0.5 text-sm text-muted">{product.description}</p>
        <div className="mt-auto flex flex-wrap items-center justify-between gap-x-3 gap-y-2 pt-3">
          <Amount value={product.price} currency={product.currency} withCode className="text-sm font-semibold" />
          <AddToBasket productId={product.id} name={product.name} />
        </div>
      </div>
    </article>
  );
}
