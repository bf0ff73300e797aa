'use client';

import { ShoppingBasket } from 'lucide-react';
import Link from 'next/link';
import { buttonVariants } from '../ui/button.tsx';
import { cn } from '../ui/cn.ts';
import { useBasket } from './basket-store.ts';

export function BasketLink() {
  const count = useBasketCount();
  return (
    <Link href="/basket" className={cn(buttonVariants({ size: 'md' }), 'px-3')}>
      <ShoppingBasket aria-hidden />
      Basket
      <span
        aria-hidden
        className={cn(
          'tabular min-w-5 rounded-sm px-1.5 text-center text-xs leading-5',
          count > 0 ? 'bg-accent text-accent-ink' : 'bg-sunken text-subtle',
        )}
      >
        {count}
      </span>
      <span className="sr-only">, {countInWords(count)}</span>
    </Link>
  );
}

/** On a phone the way to the basket stays under the thumb as soon as there is something in it. */
export function BasketBar() {
  const count = useBasketCount();
  if (count === 0) return null;
  return (
    <div className="sticky bottom-0 z-20 -mx-4 border-t border-line bg-surface p-3 sm:hidden">
      <Link href="/basket" className={cn(buttonVariants({ variant: 'primary', size: 'lg' }), 'w-full')}>
        View basket · {countInWords(count)}
      </Link>
    </div>
  );
}

function useBasketCount(): number {
  return useBasket().reduce((sum, item) => sum + item.quantity, 0);
}

function countInWords(count: number): string {
  return count === 1 ? '1 item' : `${count} items`;
}
