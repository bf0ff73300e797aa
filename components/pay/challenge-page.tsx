'use client';

import { ArrowLeft, Landmark } from 'lucide-react';
import { type ReactNode, type SubmitEvent, useEffect, useRef, useState } from 'react';
import { formatMinorUnits } from '../money/format-amount.ts';
import { Alert } from '../ui/alert.tsx';
import { Button, buttonVariants } from '../ui/button.tsx';
import {
  answerChallenge,
  type ChallengeOutcome,
  getPage,
  type PaymentPage,
  type SimulatorAccess,
} from './simulator.ts';

export interface ChallengePageProps {
  readonly access: SimulatorAccess;
  readonly page: PaymentPage;
}

/** What the bank calls itself in the sandbox. */
const ISSUER = 'Test Bank';

/**
 * The bank asks whether it is really the card's owner. The answer counts once: whoever comes back, or answers in two tabs,
 * is shown what became of it.
 */
export function ChallengePage({ access, page }: ChallengePageProps) {
  const [answering, setAnswering] = useState<ChallengeOutcome | null>(null);
  const [silent, setSilent] = useState(false);
  const locked = useRef(false);
  const payPage = `/pay/${encodeURIComponent(page.id)}`;
  /** Where an answer goes while the page has no script: the provider redirects to wherever it leads. */
  const formAction = `${access.origin}/v1/payment_pages/${encodeURIComponent(page.id)}/challenge_form`;
  const waiting = page.status === 'open' && Boolean(page.payment_intent?.next_action);

  useEffect(() => {
    const restored = (event: PageTransitionEvent) => event.persisted && window.location.reload();
    window.addEventListener('pageshow', restored);
    return () => window.removeEventListener('pageshow', restored);
  }, []);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const button = event.nativeEvent.submitter as HTMLButtonElement | null;
    if (button) void answer(button.value as ChallengeOutcome);
  }

  async function answer(outcome: ChallengeOutcome) {
    if (locked.current) return;
    locked.current = true;
    setAnswering(outcome);
    setSilent(false);
    const result = await answerChallenge(access, page.id, outcome);
    if (!result.ok && result.kind === 'refused' && result.status === 402)
      return leave(`${payPage}?declined=${encodeURIComponent(result.code)}`);
    const truth = result.ok ? result : await getPage(access, page.id);
    if (truth.ok && truth.value.status === 'complete' && truth.value.success_url) return leave(truth.value.success_url);
    const error = truth.ok ? truth.value.payment_intent?.last_payment_error : null;
    if (truth.ok && !truth.value.payment_intent?.next_action) {
      return leave(error ? `${payPage}?declined=${encodeURIComponent(error.decline_code ?? error.code)}` : payPage);
    }
    locked.current = false;
    setAnswering(null);
    setSilent(true);
  }

  return (
    <main className="flex min-h-dvh flex-col items-center justify-center bg-sunken px-4 py-10">
      <div className="w-full max-w-md rounded-lg border border-line-strong bg-surface">
        <header className="flex items-center justify-between gap-4 border-b border-line px-5 py-4 sm:px-6">
          <span className="flex items-center gap-2.5 text-base font-semibold">
            <span className="flex size-8 items-center justify-center rounded-md bg-ink text-surface">
              <Landmark aria-hidden className="size-4" />
            </span>
            {ISSUER}
          </span>
          <span className="rounded-sm border border-caution-line bg-caution-soft px-1.5 text-xs leading-5 font-semibold tracking-[0.08em] text-caution-text">
            SANDBOX
          </span>
        </header>
        <div className="px-5 py-6 sm:px-6">
          <h1 className="text-lg font-semibold">
            {waiting ? 'Is this payment yours?' : 'There is nothing to confirm'}
          </h1>
          <p className="mt-1.5 text-base text-muted">
            {waiting
              ? 'The shop asked us to make sure that it is you who is paying. In real life you would confirm in your bank’s app.'
              : 'This payment was already answered. Its page shows how it stands.'}
          </p>
          <dl className="mt-5 divide-y divide-line rounded-md border border-line text-sm">
            <Fact term="Merchant">{page.merchant.name}</Fact>
            <Fact term="Amount">
              <span className="tabular font-semibold">{formatMinorUnits(page.amount_total, page.currency)}</span>
            </Fact>
            <Fact term="Reference">
              <span className="code-id">
                {page.id.length > 24 ? `${page.id.slice(0, 12)}…${page.id.slice(-8)}` : page.id}
              </span>
            </Fact>
          </dl>
          {silent ? (
            <Alert tone="unknown" role="alert" className="mt-5" title="The provider does not answer">
              Your answer may not have arrived. It counts once, so you can safely give it again.
            </Alert>
          ) : null}
          {waiting ? (
            <form method="post" action={formAction} onSubmit={submit} className="mt-6 flex flex-col gap-2.5">
              <Button
                type="submit"
                name="outcome"
                value="approve"
                variant="primary"
                size="lg"
                busy={answering === 'approve'}
                disabled={answering !== null}
              >
                {answering === 'approve' ? 'Confirming…' : 'Approve payment'}
              </Button>
              <Button
                type="submit"
                name="outcome"
                value="fail"
                size="lg"
                busy={answering === 'fail'}
                disabled={answering !== null}
              >
                Fail verification
              </Button>
              <Button
                type="submit"
                name="outcome"
                value="cancel"
                variant="ghost"
                size="lg"
                className="text-muted"
                busy={answering === 'cancel'}
                disabled={answering !== null}
              >
                Cancel and go back
              </Button>
            </form>
          ) : (
            <a href={payPage} className={buttonVariants({ variant: 'primary', size: 'lg', className: 'mt-6 w-full' })}>
              <ArrowLeft aria-hidden />
              Back to the payment page
            </a>
          )}
        </div>
      </div>
      <p className="mt-4 max-w-md text-center text-xs text-subtle">
        A stand-in for 3-D Secure. No bank is asked and no money moves.
      </p>
    </main>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4 px-3.5 py-2.5">
      <dt className="text-muted">{term}</dt>
      <dd className="text-end">{children}</dd>
    </div>
  );
}

function leave(url: string): void {
  window.location.assign(url);
}
