'use client';

import { Plus } from 'lucide-react';
import { Button } from '../ui/button.tsx';
import { setQuantity, useBasket } from './basket-store.ts';
import { QuantityStepper } from './quantity-stepper.tsx';

/** "Add", then how many. Both have the same height, so nothing moves. */
export function AddToBasket({ productId, name }: { readonly productId: string; readonly name: string }) {
  const quantity = useBasket().find((item) => item.productId === productId)?.quantity ?? 0;
  if (quantity > 0) return <QuantityStepper productId={productId} name={name} quantity={quantity} />;
  return (
    <Button onClick={() => setQuantity(productId, 1)} aria-label={`Add ${name} to the basket`}>
      <Plus aria-hidden />
      Add
    </Button>
  );
}
