'use client';

import { Gauge, Landmark, type LucideIcon, ShoppingBasket, Store } from 'lucide-react';
import { signIn } from 'next-auth/react';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { RouterOutputs } from '#trpc';
import { Alert } from '../ui/alert.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import type { Role } from './roles.ts';

export type DemoLogin = RouterOutputs['session']['demoLogins'][number];

export interface LoginPanelProps {
  /** Offered for one click, the likeliest first. */
  readonly demoLogins: readonly DemoLogin[];
  /** Where to go afterwards; the sign-in page itself decides when it is null. */
  readonly next: string | null;
}

const FAILURES: Readonly<Record<string, string>> = {
  CredentialsSignin: 'E-mail address and password do not belong together.',
  too_many_requests: 'Too many tries. Wait a few minutes, then sign in again.',
};

const UNFORESEEN = 'Signing in did not work. Nothing was changed; try again shortly.';

const subscribeToNothing = () => () => {};

/** Sign-in by form, and in the demo by one click. */
export function LoginPanel({ demoLogins, next }: LoginPanelProps) {
  // Pressed before the page is ready, a button would do nothing and a form would send itself.
  const ready = useSyncExternalStore(
    subscribeToNothing,
    () => true,
    () => false,
  );
  const [busy, setBusy] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const alert = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (failure) alert.current?.focus();
  }, [failure]);

  async function enter(who: string, credentials: { email: string; password: string }) {
    setBusy(who);
    setFailure(null);
    const answer = await signIn('credentials', { ...credentials, redirect: false }).catch(() => undefined);
    if (answer?.ok) {
      // The page that follows is chosen by the server, which knows the role.
      window.location.assign(next ? `/login?next=${encodeURIComponent(next)}` : '/login');
      return;
    }
    setFailure(FAILURES[answer?.error ?? ''] ?? UNFORESEEN);
    setBusy(null);
  }

  return (
    <>
      {failure ? (
        <Alert ref={alert} tabIndex={-1} role="alert" tone="negative" className="mb-5">
          {failure}
        </Alert>
      ) : null}
      <SignInForm
        busy={busy === 'form'}
        disabled={!ready || busy !== null}
        onSubmit={(credentials) => void enter('form', credentials)}
      />
      {demoLogins.length > 0 ? (
        <DemoLogins
          logins={demoLogins}
          busy={busy}
          disabled={!ready || busy !== null}
          onChoose={(login) => void enter(login.email, login)}
        />
      ) : null}
    </>
  );
}

interface SignInFormProps {
  readonly busy: boolean;
  readonly disabled: boolean;
  readonly onSubmit: (credentials: { email: string; password: string }) => void;
}

function SignInForm({ busy, disabled, onSubmit }: SignInFormProps) {
  return (
    <form
      className="grid gap-4"
      // Never sent by itself; but if it ever were, the password must not stand in an address.
      method="post"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        onSubmit({ email: String(form.get('email')), password: String(form.get('password')) });
      }}
    >
      <Field id="email" label="E-mail address">
        {(control) => (
          <Input
            {...control}
            size="lg"
            name="email"
            type="email"
            autoComplete="username"
            required
            maxLength={254}
            spellCheck={false}
          />
        )}
      </Field>
      <Field id="password" label="Password">
        {(control) => (
          <Input
            {...control}
            size="lg"
            name="password"
            type="password"
            autoComplete="current-password"
            required
            maxLength={128}
          />
        )}
      </Field>
      <Button type="submit" variant="primary" size="lg" busy={busy} disabled={disabled} className="w-full">
        {busy ? 'Signing in' : 'Sign in'}
      </Button>
    </form>
  );
}

const LOOKS: Record<Role, { readonly icon: LucideIcon; readonly does: string }> = {
  shopper: { icon: ShoppingBasket, does: 'Shops' },
  seller: { icon: Store, does: 'Sells' },
  support: { icon: Gauge, does: 'Helps shoppers and sellers' },
  finance: { icon: Landmark, does: 'Watches the books' },
  approver: { icon: Gauge, does: 'Approves' },
  admin: { icon: Gauge, does: 'Operates the platform' },
};

/** Logins shown at once; further sellers fold away. */
const SHOWN = 4;

interface DemoLoginsProps {
  readonly logins: readonly DemoLogin[];
  readonly busy: string | null;
  readonly disabled: boolean;
  readonly onChoose: (login: DemoLogin) => void;
}

function DemoLogins({ logins, busy, disabled, onChoose }: DemoLoginsProps) {
  const button = (login: DemoLogin) => (
    <li key={login.email}>
      <DemoButton login={login} busy={busy === login.email} disabled={disabled} onChoose={onChoose} />
    </li>
  );
  const folded = logins.slice(SHOWN);
  return (
    <section aria-labelledby="demo-logins" className="mt-7">
      <div className="flex items-center gap-3 text-xs text-subtle">
        <span aria-hidden className="h-px flex-1 bg-line" />
        <h2 id="demo-logins">or, in this demo, with one click</h2>
        <span aria-hidden className="h-px flex-1 bg-line" />
      </div>
      <ul className="mt-4 grid gap-2 sm:grid-cols-2">{logins.slice(0, SHOWN).map(button)}</ul>
      {folded.length > 0 ? (
        <details className="group mt-2">
          <summary className="w-fit rounded-md px-1 py-1.5 text-sm text-muted hover:text-ink">More sellers</summary>
          <ul className="mt-1 grid gap-2 sm:grid-cols-2">{folded.map(button)}</ul>
        </details>
      ) : null}
    </section>
  );
}

interface DemoButtonProps {
  readonly login: DemoLogin;
  readonly busy: boolean;
  readonly disabled: boolean;
  readonly onChoose: (login: DemoLogin) => void;
}

function DemoButton({ login, busy, disabled, onChoose }: DemoButtonProps) {
  const { icon: Icon, does } = LOOKS[login.role];
  return (
    <button
      type="button"
      disabled={disabled}
      aria-busy={busy || undefined}
      onClick={() => onChoose(login)}
      className="flex w-full items-center gap-3 rounded-lg border border-line bg-surface p-2.5 text-start transition-colors enabled:hover:border-accent-line enabled:hover:bg-accent-soft disabled:opacity-55 aria-busy:opacity-100"
    >
      <span className="flex size-8 shrink-0 items-center justify-center rounded-md border border-accent-line bg-accent-soft text-accent-text">
        <Icon aria-hidden className="size-4" />
      </span>
      <span className="min-w-0">
        <span className="block truncate text-sm font-medium">
          {busy ? `Signing in as ${login.name}` : `Sign in as ${login.name}`}
        </span>
        <span className="block truncate text-xs text-muted">
          {login.sellerName ? `${does} for ${login.sellerName}` : does}
        </span>
      </span>
    </button>
  );
}
