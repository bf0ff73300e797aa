'use client';

import { useState } from 'react';
import { CURRENCIES, type CurrencyCode } from '#kernel';
import { FailureAlert } from '../failure-alert.tsx';
import { useKeyed } from '../keyed.ts';
import { trpcClient } from '../trpc-client.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions, DialogClose, DialogContent, DialogTrigger } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { keepInput } from '../ui/keep-input.ts';
import { NativeSelect } from '../ui/native-select.tsx';
import { useAct } from '../use-act.ts';
import { createBankToken, type ProviderAccess } from './bank-token.ts';

/** Countries whose banks the sandbox knows. */
const COUNTRIES = { US: 'United States', DE: 'Germany', AT: 'Austria' } as const;

/** Adds a bank account: the number goes from here to the provider, and its token to us. */
export function BankAccountForm({ access }: { readonly access: ProviderAccess }) {
  const [open, setOpen] = useState(false);
  const { act, busy, failure } = useAct();
  const add = useKeyed(trpcClient.seller.payouts.addBankAccount.mutate);

  async function submit(form: FormData): Promise<void> {
    const text = (name: string) => String(form.get(name) ?? '').trim();
    const currency = text('currency') as CurrencyCode;
    const bank = {
      country: text('country'),
      currency,
      routingNumber: text('routing'),
      accountNumber: text('account'),
    };
    if (await act(async () => add({ currency, token: await createBankToken(access, bank) }))) setOpen(false);
  }

  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger render={<Button size="sm" />}>Add bank account</DialogTrigger>
      <DialogContent
        title="Add a bank account"
        description="It takes the place of the one you have in this currency. The number goes straight to the payment provider; we keep its last four digits."
      >
        <form action={submit} onReset={keepInput} className="grid gap-4 text-start" autoComplete="off">
          <FailureAlert failure={failure} />
          <div className="grid grid-cols-2 gap-4">
            <Field id="bank-country" label="Country">
              {(control) => (
                <NativeSelect {...control} name="country">
                  {Object.entries(COUNTRIES).map(([code, name]) => (
                    <option key={code} value={code}>
                      {name}
                    </option>
                  ))}
                </NativeSelect>
              )}
            </Field>
            <Field id="bank-currency" label="Currency">
              {(control) => (
                <NativeSelect {...control} name="currency" defaultValue="USD">
                  {CURRENCIES.map((code) => (
                    <option key={code}>{code}</option>
                  ))}
                </NativeSelect>
              )}
            </Field>
          </div>
          <Field id="bank-routing" label="Routing number" optional hint="None for an IBAN. In the sandbox: 110000000.">
            {(control) => <Input {...control} name="routing" inputMode="numeric" maxLength={20} />}
          </Field>
          <Field
            id="bank-account"
            label="Account number or IBAN"
            hint="In the sandbox: 000123456789 is paid, 000111111113 is a closed account."
          >
            {(control) => <Input {...control} name="account" required minLength={4} maxLength={40} />}
          </Field>
          <DialogActions>
            <DialogClose render={<Button />}>Leave it</DialogClose>
            <Button type="submit" variant="primary" busy={busy}>
              Add bank account
            </Button>
          </DialogActions>
        </form>
      </DialogContent>
    </Dialog>
  );
}
