'use client';

import { ArrowRight } from 'lucide-react';
import { type SubmitEvent, useRef, useState } from 'react';
import { type Failure, failureOf } from '../failure.ts';
import { useKeyed } from '../keyed.ts';
import { formatAmount } from '../money/format-amount.ts';
import { trpcClient } from '../trpc-client.ts';
import { Alert } from '../ui/alert.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { rememberCheckout } from './basket-store.ts';
import type { BasketSection } from './basket-totals.ts';

interface Buyer {
  readonly name: string;
  readonly email: string;
}

type Errors = Partial<Record<keyof Buyer, string>>;

/** Who pays, and one button per currency. Opening a checkout moves no money; paying is confirmed on the next page. */
export function BuyerForm({ sections }: { readonly sections: readonly BasketSection[] }) {
  const form = useRef<HTMLFormElement>(null);
  const [errors, setErrors] = useState<Errors>({});
  const [opening, setOpening] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure>();
  const openCheckout = useKeyed(trpcClient.shop.openCheckout.mutate);

  async function open(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (opening) return;
    const currency = (event.nativeEvent.submitter as HTMLButtonElement | null)?.value;
    const section = sections.find((candidate) => candidate.currency === currency) ?? sections[0];
    const buyer = readBuyer(event.currentTarget);
    const wrong = validate(buyer);
    setErrors(wrong);
    const [first] = Object.keys(wrong);
    if (first) return form.current?.querySelector<HTMLInputElement>(`#buyer-${first}`)?.focus();
    if (!section) return;
    setOpening(section.currency);
    setFailure(undefined);
    try {
      const items = section.lines.map(({ product, quantity }) => ({ productId: product.id, quantity }));
      const { checkoutId } = await openCheckout({ items, buyer });
      rememberCheckout(
        checkoutId,
        items.map((item) => item.productId),
      );
      window.location.assign(`/checkout/${encodeURIComponent(checkoutId)}`);
    } catch (error) {
      setFailure(failureOf(error));
      setOpening(null);
    }
  }

  function check(field: keyof Buyer) {
    if (form.current) setErrors({ ...errors, [field]: validate(readBuyer(form.current))[field] });
  }

  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => void open(event)}
      className="flex flex-col gap-4 rounded-lg border border-line bg-surface p-4 sm:p-5 lg:sticky lg:top-6"
    >
      <h2 className="text-base font-semibold">Your details</h2>
      <Field id="buyer-name" label="Name" error={errors.name}>
        {(control) => (
          <Input
            {...control}
            name="name"
            size="lg"
            autoComplete="name"
            maxLength={120}
            onBlur={() => errors.name && check('name')}
          />
        )}
      </Field>
      <Field id="buyer-email" label="Email" hint="Stands on the receipt." error={errors.email}>
        {(control) => (
          <Input
            {...control}
            name="email"
            type="email"
            inputMode="email"
            size="lg"
            autoComplete="email"
            maxLength={254}
            onBlur={(event) => event.target.value && check('email')}
          />
        )}
      </Field>
      {failure ? (
        <Alert
          tone={failure.answered ? 'negative' : 'unknown'}
          role="alert"
          title={failure.answered ? 'The checkout could not be opened' : failure.message}
        >
          {failure.answered
            ? failure.message
            : 'It is not known whether the checkout was opened. Pressing again is harmless.'}{' '}
          Nothing was charged.
        </Alert>
      ) : null}
      <div className="flex flex-col gap-2">
        {sections.map(({ currency, total }) => (
          <Button
            key={currency}
            type="submit"
            variant="primary"
            size="lg"
            value={currency}
            busy={opening === currency}
            disabled={opening !== null}
            className="w-full"
          >
            {opening === currency ? 'Opening checkout…' : `Review ${formatAmount(total, currency)}`}
            {opening === currency ? null : <ArrowRight aria-hidden />}
          </Button>
        ))}
      </div>
      <p className="text-xs text-subtle">You see everything once more before you pay.</p>
    </form>
  );
}

function readBuyer(form: HTMLFormElement): Buyer {
  const data = new FormData(form);
  return { name: String(data.get('name') ?? '').trim(), email: String(data.get('email') ?? '').trim() };
}

/** Deliberately lenient: only a message that arrives proves an address. */
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Twelve digits or more: whatever it is, it is no name. */
const CARD_NUMBER = /\d[\d -]{10,}\d/;

function validate({ name, email }: Buyer): Errors {
  const errors: Errors = {};
  if (name === '') errors.name = 'Enter your name.';
  else if (CARD_NUMBER.test(name)) errors.name = 'Enter your name. The card comes later, on the payment page.';
  if (email === '') errors.email = 'Enter your email address.';
  else if (!EMAIL.test(email)) errors.email = 'Enter an email address like name@example.com.';
  return errors;
}
