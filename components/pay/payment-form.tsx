'use client';

import { LockKeyhole } from 'lucide-react';
import {
  type ChangeEvent,
  type FocusEvent,
  type RefObject,
  type SubmitEvent,
  useEffect,
  useRef,
  useState,
} from 'react';
import { Alert } from '../ui/alert.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { NativeSelect } from '../ui/native-select.tsx';
import { BrandMark } from './brand-mark.tsx';
import {
  codeLength,
  type Errors,
  FIELD_NAMES,
  FIELD_ORDER,
  type FieldName,
  needsPostalCode,
  normalise,
  type Values,
  validate,
} from './card-entry.ts';
import { formatCardNumber } from './card-format.ts';
import type { DeclineMessage, DeclinePlace } from './declines.ts';
import { ErrorSummary } from './error-summary.tsx';
import type { Phase } from './use-payment.ts';

export interface Country {
  readonly code: string;
  readonly name: string;
}

export interface PaymentFormProps {
  /** Where the plain form posts without JavaScript: the PSP's own endpoint. */
  readonly action: string;
  readonly email: string | null;
  readonly amount: string;
  readonly countries: readonly Country[];
  readonly phase: Phase;
  readonly decline: DeclineMessage | null;
  readonly values: Values;
  readonly onChange: (values: Values) => void;
  readonly onPay: (values: Values) => Promise<void>;
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

const DECLINE_FIELD: Readonly<Record<Exclude<DeclinePlace, 'form'>, FieldName>> = {
  number: 'number',
  expiry: 'expiry',
  cvc: 'cvc',
};

export function PaymentForm({
  action,
  email,
  amount,
  countries,
  phase,
  decline,
  values,
  onChange,
  onPay,
}: PaymentFormProps) {
  const [errors, setErrors] = useState<Errors>({});
  const [attempt, setAttempt] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  const alert = useRef<HTMLDivElement>(null);
  const pressing = useRef(false);
  const caret = useCaret();
  const busy = phase !== 'idle';
  const declinedField = decline && decline.at !== 'form' ? DECLINE_FIELD[decline.at] : null;
  const shown: Errors =
    declinedField && decline ? { ...errors, [declinedField]: errors[declinedField] ?? decline.text } : errors;

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page wakes up.
  useEffect(() => {
    const kept = typedBefore(form.current, values);
    if (kept) onChange(kept);
  }, []);

  useEffect(() => {
    if (!decline) return;
    if (decline.at === 'form') alert.current?.focus();
    else document.getElementById(DECLINE_FIELD[decline.at])?.focus();
  }, [decline]);

  function change(field: FieldName, value: string) {
    const next = { ...values, [field]: value };
    onChange(next);
    if (errors[field]) setErrors(only({ ...errors, [field]: validate(next)[field] }));
  }

  function blur(field: FieldName) {
    // Pressing the button takes the focus from a field; an error inserted now would push the button from under the finger.
    if (pressing.current) return;
    if (values[field].trim() !== '') setErrors(only({ ...errors, [field]: validate(values)[field] }));
  }

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    pressing.current = false;
    if (busy) return;
    const wrong = validate(values);
    setErrors(wrong);
    const [first, ...others] = FIELD_ORDER.filter((field) => wrong[field]);
    if (!first) return void onPay(values);
    setAttempt(attempt + 1);
    if (others.length === 0) document.getElementById(first)?.focus();
  }

  const bind = (field: FieldName) => ({
    name: FIELD_NAMES[field],
    value: values[field],
    size: 'lg' as const,
    readOnly: busy,
    onChange: (event: ChangeEvent<HTMLInputElement>) => change(field, event.target.value),
    onBlur: (_event: FocusEvent) => blur(field),
  });

  return (
    <form ref={form} method="post" action={action} noValidate onSubmit={submit} className="flex flex-col gap-5">
      <ErrorSummary key={attempt} errors={errors} focus={attempt > 0} />
      {decline && decline.at === 'form' ? (
        <Alert ref={alert} tone="negative" role="alert" tabIndex={-1} title={decline.title}>
          {decline.text}
        </Alert>
      ) : null}
      {email === null ? (
        <Field id="email" label="Email" hint="Stands on the receipt." error={shown.email}>
          {(control) => (
            <Input
              {...control}
              {...bind('email')}
              type="email"
              inputMode="email"
              autoComplete="email"
              maxLength={254}
            />
          )}
        </Field>
      ) : (
        <input type="hidden" name={FIELD_NAMES.email} value={email} />
      )}
      <Field id="number" label="Card number" error={shown.number}>
        {(control) => (
          <span className="relative block">
            <Input
              {...control}
              {...bind('number')}
              ref={caret.input}
              inputMode="numeric"
              autoComplete="cc-number"
              maxLength={40}
              spellCheck={false}
              placeholder="1234 1234 1234 1234"
              className="tabular pe-20"
              onChange={(event) => {
                const { text, caret: position } = formatCardNumber(
                  event.target.value,
                  event.target.selectionStart ?? event.target.value.length,
                );
                caret.keep(position);
                change('number', text);
              }}
            />
            <BrandMark number={values.number} />
          </span>
        )}
      </Field>
      <div className="grid grid-cols-2 items-start gap-4">
        <Field id="expiry" label="Expiry date" error={shown.expiry}>
          {(control) => (
            <Input
              {...control}
              {...bind('expiry')}
              inputMode="numeric"
              autoComplete="cc-exp"
              maxLength={9}
              placeholder="MM / YY"
              className="tabular"
              onChange={(event) => change('expiry', normalise('expiry', event.target.value, values.expiry))}
            />
          )}
        </Field>
        <Field id="cvc" label="Security code" error={shown.cvc}>
          {(control) => (
            <Input
              {...control}
              {...bind('cvc')}
              inputMode="numeric"
              autoComplete="cc-csc"
              maxLength={4}
              placeholder={codeLength(values.number) === 4 ? '4 digits' : '3 digits'}
              className="tabular"
              onChange={(event) => change('cvc', normalise('cvc', event.target.value, values.cvc))}
            />
          )}
        </Field>
      </div>
      <Field id="name" label="Name on card" error={shown.name}>
        {(control) => (
          <Input {...control} {...bind('name')} autoComplete="cc-name" maxLength={120} spellCheck={false} />
        )}
      </Field>
      <div className="grid grid-cols-1 items-start gap-x-4 gap-y-5 min-[420px]:grid-cols-[3fr_2fr]">
        <Field id="country" label="Country" error={shown.country}>
          {(control) => (
            <NativeSelect
              {...control}
              name={FIELD_NAMES.country}
              size="lg"
              autoComplete="billing country"
              value={values.country}
              onChange={(event) => change('country', event.target.value)}
            >
              {countries.map((country) => (
                <option key={country.code} value={country.code}>
                  {country.name}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        <Field
          id="postalCode"
          label={values.country === 'US' ? 'ZIP code' : 'Postcode'}
          optional={!needsPostalCode(values.country)}
          error={shown.postalCode}
        >
          {(control) => (
            <Input {...control} {...bind('postalCode')} autoComplete="billing postal-code" maxLength={16} />
          )}
        </Field>
      </div>
      <div className="sticky bottom-0 z-10 -mx-4 border-t border-line bg-surface px-4 py-3 sm:static sm:mx-0 sm:border-0 sm:p-0 sm:pt-2">
        <Button
          type="submit"
          variant="primary"
          size="lg"
          busy={busy}
          className="w-full"
          onPointerDown={() => {
            pressing.current = true;
          }}
          onPointerLeave={() => {
            pressing.current = false;
          }}
        >
          {busy ? (
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

/**
 * What was typed, or filled in by the browser, before React took over: it stands in the fields but not in the state, and
 * would be wiped by the first change. Null when there is nothing of the kind.
 */
function typedBefore(form: HTMLFormElement | null, values: Values): Values | null {
  if (!form) return null;
  const data = new FormData(form);
  const fields = FIELD_ORDER.map((field) => {
    const text = data.get(FIELD_NAMES[field]);
    return [field, typeof text === 'string' ? normalise(field, text, '') : values[field]] as const;
  });
  return fields.every(([field, value]) => value === values[field])
    ? null
    : { ...values, ...Object.fromEntries(fields) };
}

/** Puts the caret back where formatting found it, once React has written the text. */
function useCaret(): { readonly input: RefObject<HTMLInputElement | null>; keep(position: number): void } {
  const input = useRef<HTMLInputElement>(null);
  const wanted = useRef<number | null>(null);
  useEffect(() => {
    if (wanted.current === null || document.activeElement !== input.current) return;
    input.current?.setSelectionRange(wanted.current, wanted.current);
    wanted.current = null;
  });
  const keep = (position: number) => {
    wanted.current = position;
  };
  return { input, keep };
}

function only(errors: Errors): Errors {
  return Object.fromEntries(Object.entries(errors).filter(([, error]) => error));
}
