'use client';

import { useEffect, useState } from 'react';
import type { RouterInputs, RouterOutputs } from '#trpc';
import { type Failure, failureOf } from '../failure.ts';
import { FailureAlert } from '../failure-alert.tsx';
import { Amount } from '../money/amount.tsx';
import { trpcClient } from '../trpc-client.ts';
import { Alert } from '../ui/alert.tsx';
import { Button } from '../ui/button.tsx';
import { DialogActions, DialogClose } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { keepInput } from '../ui/keep-input.ts';
import { NativeSelect } from '../ui/native-select.tsx';
import type { RefundDialogProps } from './refund-dialog.tsx';
import { REFUND_REASON_WORDS } from './refund-words.ts';

type Wish = RouterInputs['admin']['refunds']['preview'];
type Parts = RouterOutputs['admin']['refunds']['preview'];
/** What is asked for. */
export type RefundWish = Omit<RouterInputs['admin']['refunds']['request'], 'idempotencyKey'>;
type Reason = RefundWish['reason'];

/** How long typing has to rest before the preview follows, in milliseconds. */
const TYPING_REST_MS = 300;

const REASONS = (Object.keys(REFUND_REASON_WORDS) as (keyof typeof REFUND_REASON_WORDS)[]).filter(
  (reason): reason is Reason => reason !== 'late_capture',
);

export interface RefundFormProps extends RefundDialogProps {
  /** What was asked for and not done, as far as is known: the form begins with it. */
  readonly asked: RefundWish | undefined;
  readonly busy: boolean;
  readonly failure: Failure | undefined;
  readonly onRefund: (wish: RefundWish) => Promise<void>;
}

/** What goes back, why, and who bears it. */
export function RefundForm({ door, checkoutId, orders, asked, busy, failure, onRefund }: RefundFormProps) {
  const [paymentId, setPaymentId] = useState(asked?.paymentId ?? checkoutId ?? orders[0]?.paymentOrderId ?? '');
  const [amount, setAmount] = useState(asked?.amount ?? '');
  const order = orders.find((one) => one.paymentOrderId === paymentId) ?? orders[0];
  const wish: Wish = { paymentId, ...(amount.trim() && { amount: amount.trim(), currency: order?.currency as never }) };
  const { parts, refusal } = usePreview(door, wish);
  // Then the refund may be what leaves too little for the preview; the server knows whether it is the same one.
  const unanswered = failure?.answered === false;

  function send(form: FormData): Promise<void> {
    const note = String(form.get('note') ?? '').trim();
    return onRefund({ ...wish, reason: String(form.get('reason')) as Reason, ...(note && { note }) });
  }

  return (
    <form action={send} onReset={keepInput} className="grid gap-4">
      <FailureAlert failure={failure} />
      {checkoutId && orders.length > 1 ? (
        <Field id="refund-what" label="Of">
          {(control) => (
            <NativeSelect {...control} value={paymentId} onChange={(event) => setPaymentId(event.target.value)}>
              <option value={checkoutId}>All orders, by what is left of each</option>
              {orders.map((one) => (
                <option key={one.paymentOrderId} value={one.paymentOrderId}>
                  {one.description || one.paymentOrderId}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
      ) : null}
      <Field
        id="refund-amount"
        label={`Amount in ${order?.currency ?? ''}`}
        hint="Leave it empty to give back everything that is left."
        error={amount && refusal}
        optional
      >
        {(control) => (
          <Input
            {...control}
            inputMode="decimal"
            autoComplete="off"
            placeholder="0.00"
            maxLength={20}
            value={amount}
            onChange={(event) => setAmount(event.target.value)}
          />
        )}
      </Field>
      <Field id="refund-reason" label="Reason">
        {(control) => (
          <NativeSelect {...control} name="reason" defaultValue={asked?.reason}>
            {REASONS.map((reason) => (
              <option key={reason} value={reason}>
                {REFUND_REASON_WORDS[reason]}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <Field id="refund-note" label="Note" hint="Others will read it; the buyer does not see it." optional>
        {(control) => <Input {...control} name="note" maxLength={500} defaultValue={asked?.note} />}
      </Field>
      {parts ? (
        <Preview parts={parts} sellerOf={(id) => orders.find((one) => one.paymentOrderId === id)?.sellerName} />
      ) : null}
      {!amount && refusal ? <Alert title={refusal} tone="caution" /> : null}
      <DialogActions className="mt-1">
        <DialogClose render={<Button variant="secondary" />}>Leave it</DialogClose>
        <Button type="submit" variant="primary" busy={busy} disabled={!parts && !unanswered}>
          Refund
        </Button>
      </DialogActions>
    </form>
  );
}

/** Who bears what, as the server would book it now. */
function usePreview(door: RefundDialogProps['door'], wish: Wish): { parts?: Parts; refusal?: string } {
  const [shown, setShown] = useState<{ of: string; parts?: Parts; refusal?: string }>({ of: '' });
  const of = JSON.stringify(wish);
  useEffect(() => {
    const timer = setTimeout(() => {
      trpcClient[door].refunds.preview.query(JSON.parse(of) as Wish).then(
        (parts) => setShown({ of, parts }),
        (error: unknown) => setShown({ of, refusal: failureOf(error).message }),
      );
    }, TYPING_REST_MS);
    return () => clearTimeout(timer);
  }, [door, of]);
  return shown.of === of ? shown : {};
}

interface PreviewProps {
  readonly parts: Parts;
  /** The seller's name; none where the seller is the one who reads. */
  readonly sellerOf: (paymentOrderId: string) => string | undefined;
}

function Preview({ parts, sellerOf }: PreviewProps) {
  return (
    <section aria-label="Who bears it" className="rounded-md border border-line bg-sunken px-3 py-2.5">
      {parts.map((part) => (
        <dl key={part.paymentOrderId} className="grid gap-1 py-1 text-sm">
          <Line label="The buyer gets" value={part.amount} currency={part.currency} strong />
          <Line label={bears(sellerOf(part.paymentOrderId))} value={part.sellerBears} currency={part.currency} />
          <Line label="The platform gives up" value={part.platformBears} currency={part.currency} />
          <Line label="Left of the order" value={part.left} currency={part.currency} />
        </dl>
      ))}
    </section>
  );
}

function bears(sellerName: string | undefined): string {
  return sellerName ? `${sellerName} bears` : 'You bear';
}

interface LineProps {
  readonly label: string;
  readonly value: string;
  readonly currency: Parts[number]['currency'];
  readonly strong?: boolean;
}

function Line({ label, value, currency, strong = false }: LineProps) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="min-w-0 truncate text-muted">{label}</dt>
      <dd className={strong ? 'font-semibold' : undefined}>
        <Amount value={value} currency={currency} />
      </dd>
    </div>
  );
}
