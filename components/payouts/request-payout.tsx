'use client';

import { useState } from 'react';
import type { RouterOutputs } from '#trpc';
import { FailureAlert } from '../failure-alert.tsx';
import { useKeyed } from '../keyed.ts';
import { Amount } from '../money/amount.tsx';
import { formatAmount } from '../money/format-amount.ts';
import { trpcClient } from '../trpc-client.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { useAct } from '../use-act.ts';

type Available = RouterOutputs['seller']['payouts']['settings']['available'][number];

export interface RequestPayoutProps {
  readonly available: Available;
  /** Why nothing can be paid out of it now; null when it can. */
  readonly obstacle: string | null;
}

/** Asks for one currency's money: all of it, or the amount that is entered. */
export function RequestPayout({ available, obstacle }: RequestPayoutProps) {
  const { currency, amount, minimum, approvalAbove } = available;
  const { act, busy, failure } = useAct();
  const request = useKeyed(trpcClient.seller.payouts.request.mutate);
  const [entered, setEntered] = useState('');
  const nothing = amount.startsWith('-') || !/[1-9]/.test(amount);
  const disabled = obstacle !== null || nothing;
  const rule = `Empty pays all of it. At least ${formatAmount(minimum, currency)}; above ${formatAmount(approvalAbove, currency)} a second person approves.`;
  return (
    <form
      aria-label={`Pay out in ${currency}`}
      className="grid gap-3 border-line p-4 not-last:border-b"
      action={async () => {
        const wish = entered.trim();
        if (await act(() => request({ currency, ...(wish && { amount: wish }) }))) setEntered('');
      }}
    >
      <p className="flex items-baseline justify-between gap-4 text-sm">
        <span className="text-muted">Available in {currency}</span>
        <Amount value={amount} currency={currency} className="text-lg font-semibold" />
      </p>
      <FailureAlert failure={failure} />
      <Field id={`amount-${currency}`} label="Amount" optional hint={obstacle ?? rule}>
        {(control) => (
          <div className="flex gap-2">
            <Input
              {...control}
              inputMode="decimal"
              autoComplete="off"
              placeholder={amount}
              disabled={disabled}
              value={entered}
              onChange={(event) => setEntered(event.target.value)}
            />
            <Button type="submit" variant="primary" busy={busy} disabled={disabled}>
              Pay out
            </Button>
          </div>
        )}
      </Field>
    </form>
  );
}
