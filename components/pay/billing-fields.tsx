'use client';

import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { NativeSelect } from '../ui/native-select.tsx';
import { FIELD_NAMES, needsPostalCode } from './card-entry.ts';
import type { CardForm } from './use-card-form.ts';

export interface Country {
  readonly code: string;
  readonly name: string;
}

export interface BillingFieldsProps {
  readonly card: CardForm;
  readonly countries: readonly Country[];
}

/** As much of the billing address as banks compare. */
export function BillingFields({ card: { shown, bind, values, change }, countries }: BillingFieldsProps) {
  return (
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
        {(control) => <Input {...control} {...bind('postalCode')} autoComplete="billing postal-code" maxLength={16} />}
      </Field>
    </div>
  );
}
