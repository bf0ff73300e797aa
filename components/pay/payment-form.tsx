'use client';

import { LockKeyhole } from 'lucide-react';
import { Alert } from '../ui/alert.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { BillingFields, type Country } from './billing-fields.tsx';
import { FIELD_NAMES } from './card-entry.ts';
import { CardFields } from './card-fields.tsx';
import { ErrorSummary } from './error-summary.tsx';
import { type CardForm, type CardFormOptions, useCardForm } from './use-card-form.ts';
import type { Phase } from './use-payment.ts';

export interface PaymentFormProps extends Omit<CardFormOptions, 'busy'> {
  /** Where the plain form posts without JavaScript: the PSP's own endpoint. */
  readonly action: string;
  /** The shopper's address when the shop has told it; asked for otherwise. */
  readonly email: string | null;
  readonly amount: string;
  readonly countries: readonly Country[];
  readonly phase: Phase;
}

const WORDS: Readonly<Record<Phase, string>> = {
  idle: '',
  'checking-card': 'Checking your card…',
  'asking-bank': 'Asking your bank…',
  'finding-out': 'No answer yet, finding out…',
  'to-bank': 'Taking you to your bank…',
  'to-shop': 'Paid. Taking you back…',
  'no-contact': 'Waiting for the provider…',
};

export function PaymentForm({ action, email, amount, countries, phase, ...options }: PaymentFormProps) {
  const card = useCardForm({ ...options, busy: phase !== 'idle' });
  const { decline } = options;
  return (
    <form
      ref={card.form}
      method="post"
      action={action}
      noValidate
      onSubmit={card.submit}
      className="flex flex-col gap-5"
    >
      <ErrorSummary key={card.attempt} errors={card.errors} focus={card.attempt > 0} />
      {decline && decline.at === 'form' ? (
        <Alert ref={card.alert} tone="negative" role="alert" tabIndex={-1} title={decline.title}>
          {decline.text}
        </Alert>
      ) : null}
      {email === null ? <EmailField card={card} /> : <input type="hidden" name={FIELD_NAMES.email} value={email} />}
      <CardFields card={card} />
      <BillingFields card={card} countries={countries} />
      <div className="sticky bottom-0 z-10 -mx-4 border-t border-line bg-surface px-4 py-3 sm:static sm:mx-0 sm:border-0 sm:p-0 sm:pt-2">
        <Button
          type="submit"
          variant="primary"
          size="lg"
          busy={card.busy}
          className="w-full"
          onPointerDown={() => card.press(true)}
          onPointerLeave={() => card.press(false)}
        >
          {card.busy ? (
            WORDS[phase]
          ) : (
            <>
              <LockKeyhole aria-hidden />
              Pay {amount}
            </>
          )}
        </Button>
      </div>
      <p role="status" className="sr-only">
        {WORDS[phase]}
      </p>
    </form>
  );
}

function EmailField({ card: { shown, bind } }: { readonly card: CardForm }) {
  return (
    <Field id="email" label="Email" hint="Stands on the receipt." error={shown.email}>
      {(control) => (
        <Input {...control} {...bind('email')} type="email" inputMode="email" autoComplete="email" maxLength={254} />
      )}
    </Field>
  );
}
