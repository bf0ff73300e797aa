'use client';

import { type ChangeEvent, type RefObject, type SubmitEvent, useEffect, useRef, useState } from 'react';
import {
  type Errors,
  FIELD_NAMES,
  FIELD_ORDER,
  type FieldName,
  normalise,
  type Values,
  validate,
} from './card-entry.ts';
import type { DeclineMessage, DeclinePlace } from './declines.ts';

const DECLINE_FIELD: Readonly<Record<Exclude<DeclinePlace, 'form'>, FieldName>> = {
  number: 'number',
  expiry: 'expiry',
  cvc: 'cvc',
};

export interface CardFormOptions {
  readonly values: Values;
  readonly onChange: (values: Values) => void;
  readonly onPay: (values: Values) => Promise<void>;
  readonly decline: DeclineMessage | null;
  /** The field that the decline stood at was changed, so the decline has been heard. */
  readonly onDeclineHeard: () => void;
  readonly busy: boolean;
}

/** Props of one text field. */
export interface Bound {
  readonly name: string;
  readonly value: string;
  readonly size: 'lg';
  readonly readOnly: boolean;
  readonly onChange: (event: ChangeEvent<HTMLInputElement>) => void;
  readonly onBlur: () => void;
}

export interface CardForm {
  readonly form: RefObject<HTMLFormElement | null>;
  /** Set on the message of a decline that no field can mend; it takes the focus. */
  readonly alert: RefObject<HTMLDivElement | null>;
  /** What stands at each field: its own error, or the bank's. */
  readonly shown: Errors;
  readonly errors: Errors;
  /** Counts the submits that found something wrong. */
  readonly attempt: number;
  readonly values: Values;
  readonly busy: boolean;
  bind(field: FieldName): Bound;
  change(field: FieldName, text: string): void;
  submit(event: SubmitEvent<HTMLFormElement>): void;
  /** The pay button is held down, or let go again. */
  press(held: boolean): void;
}

/** Validates when a field is left, clears when it is mended, and leads to the first thing that is wrong. */
export function useCardForm({ values, onChange, onPay, decline, onDeclineHeard, busy }: CardFormOptions): CardForm {
  const [errors, setErrors] = useState<Errors>({});
  const [attempt, setAttempt] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  const alert = useRef<HTMLDivElement>(null);
  const pressing = useRef(false);
  const declined = decline && decline.at !== 'form' ? DECLINE_FIELD[decline.at] : null;
  const shown = declined && decline ? { ...errors, [declined]: errors[declined] ?? decline.text } : errors;

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

  function change(field: FieldName, text: string) {
    const next = { ...values, [field]: text };
    onChange(next);
    if (field === declined) onDeclineHeard();
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

  const bind = (field: FieldName): Bound => ({
    name: FIELD_NAMES[field],
    value: values[field],
    size: 'lg',
    readOnly: busy,
    onChange: (event) => change(field, normalise(field, event.target.value, values[field])),
    onBlur: () => blur(field),
  });

  const press = (held: boolean) => {
    pressing.current = held;
  };

  return { form, alert, shown, errors, attempt, values, busy, bind, change, submit, press };
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

function only(errors: Errors): Errors {
  return Object.fromEntries(Object.entries(errors).filter(([, error]) => error));
}
