'use client';

import { useState } from 'react';
import { useKeyed } from '../keyed.ts';
import { trpcClient } from '../trpc-client.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogContent, DialogTrigger } from '../ui/dialog.tsx';
import { useAct } from '../use-act.ts';
import { RefundForm, type RefundWish } from './refund-form.tsx';

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
export function RefundDialog({ door, orders, ...props }: RefundDialogProps) {
  // All of this outlives the form, which goes when the dialog is closed: a refund that got no answer is asked for again, not anew.
  const request = useKeyed(trpcClient[door].refunds.request.mutate);
  const { act, busy, failure } = useAct();
  const [asked, setAsked] = useState<RefundWish>();
  // As they stood when the dialog was opened: what is loaded anew beneath it must not alter what was asked for.
  const [opened, setOpened] = useState<readonly RefundableOrder[]>();
  const left = orders.filter((order) => order.refunded !== order.amount);
  if (left.length === 0 && !opened) return null;

  async function refund(wish: RefundWish): Promise<void> {
    setAsked(wish);
    if (!(await act(() => request(wish)))) return;
    setAsked(undefined);
    setOpened(undefined);
  }

  return (
    <Dialog open={opened !== undefined} onOpenChange={(open) => setOpened(open ? left : undefined)}>
      <DialogTrigger render={<Button variant="secondary" size="sm" />}>Refund</DialogTrigger>
      <DialogContent
        title="Refund the buyer"
        description="The amount is set aside at once and sent to the provider next. It cannot be called back."
      >
        <RefundForm
          {...props}
          door={door}
          orders={opened ?? left}
          asked={asked}
          busy={busy}
          failure={failure}
          onRefund={refund}
        />
      </DialogContent>
    </Dialog>
  );
}
