'use client';

import { useCallback, useEffect, useMemo, useState } from 'react';
import { formatMinorUnits } from '../money/format-amount.ts';
import { Alert } from '../ui/alert.tsx';
import { Button, buttonVariants } from '../ui/button.tsx';
import type { Country } from './billing-fields.tsx';
import { FIELD_NAMES, type Values } from './card-entry.ts';
import { formatCardNumber } from './card-format.ts';
import { declineMessage } from './declines.ts';
import { ExpiryNotice } from './expiry-notice.tsx';
import { FinishedPage } from './finished-page.tsx';
import { PayShell } from './pay-shell.tsx';
import { PaymentForm } from './payment-form.tsx';
import { ScenarioDrawer } from './scenario-drawer.tsx';
import type { Scenario } from './scenarios.ts';
import type { PaymentPage, SimulatorAccess } from './simulator.ts';
import { usePayment } from './use-payment.ts';

export interface HostedPageProps {
  readonly access: SimulatorAccess;
  readonly initial: PaymentPage;
  readonly countries: readonly Country[];
  /** Code that the plain form or the bank's page came back with. */
  readonly declined: string | null;
}

/** Enough of the future for every test card. */
const TEST_EXPIRY = '12 / 34';

export function HostedPage({ access, initial, countries, declined }: HostedPageProps) {
  const payment = usePayment(access, initial);
  const { page, phase } = payment;
  const [values, setValues] = useState<Values>(() => emptyValues(page.customer_email));
  const [over, setOver] = useState(false);
  const [returned, setReturned] = useState(declined);
  const [filled, setFilled] = useState(0);
  const { look } = payment;
  const expire = useCallback(async () => {
    // Another tab may have asked for more time, or paid.
    const truth = await look();
    setOver(!truth || truth.expires_at * 1_000 <= Date.now());
  }, [look]);
  const decline = useMemo(
    () => payment.decline ?? (returned ? declineMessage(returned) : null),
    [payment.decline, returned],
  );
  const challenge = page.payment_intent?.next_action?.redirect_to_url?.url;

  useEffect(() => {
    if (filled > 0) document.querySelector<HTMLButtonElement>('button[type="submit"]')?.focus();
  }, [filled]);

  if (page.status !== 'open' || (over && phase === 'idle'))
    return <FinishedPage page={over && page.status === 'open' ? { ...page, status: 'expired' } : page} />;

  function fill({ number }: Scenario) {
    const { text } = formatCardNumber(number, 0);
    const cvc = number.startsWith('3') ? '1234' : '123';
    setValues({
      ...values,
      number: text,
      expiry: TEST_EXPIRY,
      cvc,
      name: values.name || 'Ada Byron',
      country: 'US',
      postalCode: '10001',
    });
    forgetDecline();
    setFilled(filled + 1);
  }

  function forgetDecline() {
    setReturned(null);
    payment.forgetDecline();
  }

  async function pay(entered: Values) {
    setReturned(null);
    await payment.pay(entered);
    // The security code is asked for again after each try; it is the one thing that must not linger.
    setValues((current) => ({ ...current, cvc: '' }));
  }

  return (
    <PayShell
      page={page}
      help={<ScenarioDrawer onPick={fill} />}
      onLeave={phase === 'idle' ? undefined : confirmLeaving}
    >
      <ExpiryNotice expiresAt={page.expires_at} onKeep={payment.keepOpen} onExpired={expire} />
      <h1 className="text-lg font-semibold">Pay by card</h1>
      {page.customer_email ? (
        <p className="mt-1 mb-6 text-sm break-words text-muted">Paying as {page.customer_email}</p>
      ) : (
        <div className="mb-6" />
      )}
      {phase === 'no-contact' ? (
        <Alert
          tone="unknown"
          role="alert"
          className="mb-6"
          title="The payment provider does not answer"
          action={
            <Button size="sm" onClick={() => void payment.askAgain()}>
              Check again
            </Button>
          }
        >
          We do not know yet whether your bank was asked, so please do not pay a second time. Your order is kept.
        </Alert>
      ) : null}
      {challenge && phase === 'idle' ? (
        <Alert
          tone="caution"
          className="mb-6"
          title="Your bank is waiting for your answer"
          action={
            <a href={challenge} className={buttonVariants({ size: 'sm' })}>
              Continue at your bank
            </a>
          }
        >
          Nothing was charged so far.
        </Alert>
      ) : null}
      <PaymentForm
        // A test card starts the form anew: no old message stays beside it.
        key={filled}
        action={`${access.origin}/v1/payment_pages/${encodeURIComponent(page.id)}/form`}
        email={page.customer_email}
        amount={formatMinorUnits(page.amount_total, page.currency)}
        countries={countries}
        phase={phase}
        decline={decline}
        values={values}
        onChange={setValues}
        onPay={pay}
        onDeclineHeard={forgetDecline}
      />
    </PayShell>
  );
}

function emptyValues(email: string | null): Values {
  const blank = Object.fromEntries(Object.keys(FIELD_NAMES).map((field) => [field, ''])) as Record<
    keyof Values,
    string
  >;
  return { ...blank, email: email ?? '', country: 'US' };
}

function confirmLeaving(event: { preventDefault(): void }): void {
  const leave = window.confirm('Your payment is on its way to the bank. Leaving this page does not stop it. Leave?');
  if (!leave) event.preventDefault();
}
