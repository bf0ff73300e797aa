'use client';

import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogContent, DialogTrigger } from '../ui/dialog.tsx';
import { RefundForm } from './refund-form.tsx';

/** An order that money can go back of. Amounts are decimal strings. */
export interface RefundableOrder {
  readonly paymentOrderId: string;
  readonly description: string;
  /** Whose it is, where that is not the one who reads. */
  readonly sellerName?: string;
  readonly amount: string;
  readonly refunded: string;
  readonly currency: string;
}

export interface RefundDialogProps {
  /** Whose console this is: the operator refunds any payment, a seller the own orders. */
  readonly door: 'admin' | 'seller';
  /** The checkout, where the operator may refund all of it. */
  readonly checkoutId?: string;
  /** Paid orders, the refunded ones too. */
  readonly orders: readonly RefundableOrder[];
}

/** The button that gives money back, with everything that has to be said about it. Absent when nothing is left. */
export function RefundDialog({ orders, ...props }: RefundDialogProps) {
  const [open, setOpen] = useState(false);
  const left = orders.filter((order) => order.refunded !== order.amount);
  if (left.length === 0) return null;
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger render={<Button variant="secondary" size="sm" />}>Refund</DialogTrigger>
      <DialogContent
        title="Refund the buyer"
        description="The amount is set aside at once and sent to the provider next. It cannot be called back."
      >
        <RefundForm {...props} orders={left} onDone={() => setOpen(false)} />
      </DialogContent>
    </Dialog>
  );
}
