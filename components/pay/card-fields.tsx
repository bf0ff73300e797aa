'use client';

import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { BrandMark } from './brand-mark.tsx';
import { codeLength } from './card-entry.ts';
import { formatCardNumber } from './card-format.ts';
import type { CardForm } from './use-card-form.ts';
import { useCaret } from './use-caret.ts';

/** Number, expiry, security code, name: told apart for autofill, never of type number, paste welcome. */
export function CardFields({ card }: { readonly card: CardForm }) {
  const { shown, bind, values } = card;
  return (
    <>
      <CardNumber card={card} />
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
              placeholder={`${codeLength(values.number)} digits`}
              className="tabular"
            />
          )}
        </Field>
      </div>
      <Field id="name" label="Name on card" error={shown.name}>
        {(control) => (
          <Input {...control} {...bind('name')} autoComplete="cc-name" maxLength={120} spellCheck={false} />
        )}
      </Field>
    </>
  );
}

function CardNumber({ card: { shown, bind, values, change } }: { readonly card: CardForm }) {
  const caret = useCaret();
  return (
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
            onChange={({ target }) => {
              const formatted = formatCardNumber(target.value, target.selectionStart ?? target.value.length);
              caret.keep(formatted.caret);
              change('number', formatted.text);
            }}
          />
          <BrandMark number={values.number} />
        </span>
      )}
    </Field>
  );
}
