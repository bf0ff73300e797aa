'use client';

import { Minus, Plus } from 'lucide-react';
import { MAX_QUANTITY, setQuantity } from './basket-store.ts';

const PART =
  'flex size-9 items-center justify-center text-muted hover:bg-hover hover:text-ink disabled:opacity-40 [&_svg]:size-4';

export interface QuantityStepperProps {
  readonly productId: string;
  readonly name: string;
  readonly quantity: number;
}

export function QuantityStepper({ productId, name, quantity }: QuantityStepperProps) {
  return (
    <fieldset className="inline-flex h-9 items-center overflow-hidden rounded-md border border-line-strong bg-surface">
      <legend className="sr-only">Quantity of {name}</legend>
      <button
        type="button"
        aria-label={`One ${name} less`}
        className={PART}
        onClick={() => setQuantity(productId, quantity - 1)}
      >
        <Minus aria-hidden />
      </button>
      <output className="tabular w-7 text-center text-sm font-medium">{quantity}</output>
      <button
        type="button"
        aria-label={`One ${name} more`}
        className={PART}
        disabled={quantity >= MAX_QUANTITY}
        onClick={() => setQuantity(productId, quantity + 1)}
      >
        <Plus aria-hidden />
      </button>
    </fieldset>
  );
}
