'use client';

import { ShoppingBasket, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { Amount } from '../money/amount.tsx';
import { Alert } from '../ui/alert.tsx';
import { Button, buttonVariants } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ProductArt } from './art/art.tsx';
import { setQuantity, useBasket } from './basket-store.ts';
import { type BasketLine, type BasketSection, basketSections } from './basket-totals.ts';
import { BuyerForm } from './buyer-form.tsx';
import type { CatalogueView } from './catalogue-view.ts';
import { QuantityStepper } from './quantity-stepper.tsx';

export function BasketView(catalogue: CatalogueView) {
  const sections = basketSections(useBasket(), catalogue);
  if (sections.length === 0) {
    return (
      <EmptyState
        icon={ShoppingBasket}
        title="Nothing in it yet"
        className="mt-8 rounded-lg border border-line bg-surface"
        action={
          <Link href="/shop" className={buttonVariants({ variant: 'primary' })}>
            Go to the market
          </Link>
        }
      >
        Whatever you add is kept in this browser until it is paid.
      </EmptyState>
    );
  }
  return (
    <div className="mt-6 grid items-start gap-6 lg:grid-cols-[1fr_22rem] lg:gap-10">
      <div className="flex min-w-0 flex-col gap-6">
        {sections.length > 1 ? (
          <Alert title="Two currencies, two payments">
            One payment takes one currency. Pay them one after the other; what is not paid yet stays here.
          </Alert>
        ) : null}
        {sections.map((section) => (
          <Section key={section.currency} section={section} />
        ))}
      </div>
      <BuyerForm sections={sections} />
    </div>
  );
}

function Section({ section }: { readonly section: BasketSection }) {
  return (
    <section aria-labelledby={`basket-${section.currency}`} className="rounded-lg border border-line bg-surface">
      <header className="flex items-baseline justify-between gap-4 border-b border-line px-4 py-3">
        <h2 id={`basket-${section.currency}`} className="text-sm font-semibold">
          Paid in {currencyName(section.currency)}
        </h2>
        <Amount value={section.total} currency={section.currency} withCode className="text-sm font-semibold" />
      </header>
      <ul className="divide-y divide-line">
        {section.lines.map((line) => (
          <Line key={line.product.id} line={line} />
        ))}
      </ul>
    </section>
  );
}

function Line({ line: { product, sellerName, quantity, total } }: { readonly line: BasketLine }) {
  return (
    <li className="grid grid-cols-[4rem_1fr_auto] gap-x-4 gap-y-3 p-4 sm:grid-cols-[5rem_1fr_auto]">
      <ProductArt art={product.art} className="aspect-square rounded-md border border-line" />
      <div className="min-w-0">
        <p className="text-sm font-medium">{product.name}</p>
        <p className="text-sm text-muted">{sellerName}</p>
      </div>
      <div className="text-end">
        <Amount value={total} currency={product.currency} className="block text-sm font-medium" />
        {quantity > 1 ? (
          <span className="text-xs text-subtle">
            {quantity} × <Amount value={product.price} currency={product.currency} />
          </span>
        ) : null}
      </div>
      <div className="col-span-2 col-start-2 -mt-1 flex items-center justify-between gap-3">
        <QuantityStepper productId={product.id} name={product.name} quantity={quantity} />
        <Button
          variant="ghost"
          className="-me-2 px-2 text-muted"
          onClick={() => setQuantity(product.id, 0)}
          aria-label={`Remove ${product.name}`}
        >
          <Trash2 aria-hidden />
          <span className="max-[359px]:sr-only">Remove</span>
        </Button>
      </div>
    </li>
  );
}

function currencyName(code: string): string {
  return { USD: 'US dollars', JPY: 'Japanese yen', EUR: 'euros', GBP: 'pounds sterling' }[code] ?? code;
}
