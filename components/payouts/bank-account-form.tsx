'use client';

import { ArrowLeft } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { CURRENCIES, type CurrencyCode } from '#kernel';
import { PageHeader } from '../console/page-header.tsx';
import { FailureAlert } from '../failure-alert.tsx';
import { useKeyed } from '../keyed.ts';
import { trpcClient } from '../trpc-client.ts';
import { Button, buttonVariants } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { keepInput } from '../ui/keep-input.ts';
import { NativeSelect } from '../ui/native-select.tsx';
import { useAct } from '../use-act.ts';
import { createBankToken, type ProviderAccess } from './bank-token.ts';

/** Countries whose banks the sandbox knows. */
const COUNTRIES = { US: 'United States', DE: 'Germany', AT: 'Austria' } as const;

export interface BankAccountFormProps {
  readonly access: ProviderAccess;
  /** Where the accounts stand, and where to go afterwards. */
  readonly path: string;
}

/** Adds a bank account: the number goes from here to the provider, and its token to us. */
export function BankAccountForm({ access, path }: BankAccountFormProps) {
  const router = useRouter();
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
    if (await act(async () => add({ currency, token: await createBankToken(access, bank) }))) router.push(path);
  }

  return (
    <div className="max-w-xl">
      <Link href={path} className="mb-4 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink">
        <ArrowLeft aria-hidden className="size-4" />
        Payouts
      </Link>
      <PageHeader
        title="Add a bank account"
        purpose="It takes the place of the one you have in this currency. The number goes straight to the payment provider; we keep its last four digits."
      />
      <Card>
        <form action={submit} onReset={keepInput} className="grid gap-4 p-4" autoComplete="off">
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
          <div className="mt-1 flex flex-wrap justify-end gap-2">
            <Link href={path} className={buttonVariants()}>
              Leave it
            </Link>
            <Button type="submit" variant="primary" busy={busy}>
              Add bank account
            </Button>
          </div>
        </form>
      </Card>
    </div>
  );
}
