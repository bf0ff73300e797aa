'use client';

import type { RouterOutputs } from '#trpc';
import { useKeyed } from '../keyed.ts';
import { Amount } from '../money/amount.tsx';
import { trpcClient } from '../trpc-client.ts';
import { Alert } from '../ui/alert.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { useAct } from './use-act.ts';

type Available = RouterOutputs['seller']['payouts']['settings']['available'][number];

/** Asks for one currency's money: all of it, or the amount that is entered. */
export function RequestPayout({ available, payable }: { readonly available: Available; readonly payable: boolean }) {
  const { currency, amount, minimum, approvalAbove } = available;
  const { act, busy, problem } = useAct();
  const request = useKeyed(trpcClient.seller.payouts.request.mutate);
  const nothing = amount.startsWith('-') || !/[1-9]/.test(amount);
  return (
    <form
      className="grid gap-3 border-line p-4 not-first:border-t"
      action={(form) => {
        const entered = String(form.get('amount') ?? '').trim();
        void act(() => request({ currency, ...(entered && { amount: entered }) }));
      }}
    >
      <p className="flex items-baseline justify-between gap-4 text-sm">
        <span className="text-muted">Available in {currency}</span>
        <Amount value={amount} currency={currency} className="text-lg font-semibold" />
      </p>
      {problem ? <Alert role="alert" tone="negative" title={problem} /> : null}
      <div className="flex flex-wrap items-start gap-2">
        <Field
          id={`amount-${currency}`}
          label="Amount"
          optional
          hint={`Empty pays all of it. At least ${minimum}; above ${approvalAbove} a second person approves.`}
          className="min-w-40 flex-1"
        >
          {(control) => (
            <Input {...control} name="amount" inputMode="decimal" placeholder={amount} disabled={!payable || nothing} />
          )}
        </Field>
        <Button type="submit" variant="primary" busy={busy} disabled={!payable || nothing} className="mt-7">
          Pay out
        </Button>
      </div>
    </form>
  );
}
