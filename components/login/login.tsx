import Link from 'next/link';
import { Logo } from '../brand/logo.tsx';
import { LedgerExample } from '../shop/ledger-example.tsx';
import { Alert } from '../ui/alert.tsx';
import { LoginPanel, type LoginPanelProps } from './login-panel.tsx';

export interface LoginProps extends LoginPanelProps {
  /** Set when somebody is signed in whose role does not fit where they want to go. */
  readonly misfit: string | null;
}

/** The sign-in page: the form left, what it guards right. */
export function Login({ demoLogins, next, misfit }: LoginProps) {
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      <main className="flex flex-col px-5 py-6 sm:px-10">
        <Link href="/" className="w-fit rounded-md" aria-label="Countinghouse, start">
          <Logo />
        </Link>
        <div className="mx-auto flex w-full max-w-md flex-1 flex-col justify-center py-10">
          <h1 className="text-xl font-semibold">Sign in</h1>
          <p className="mt-1 mb-6 text-sm text-muted">
            Shoppers pay without an account. Sellers and staff sign in here.
          </p>
          {misfit ? (
            <Alert tone="caution" className="mb-5">
              {misfit}
            </Alert>
          ) : null}
          <LoginPanel demoLogins={demoLogins} next={next} />
        </div>
      </main>
      <aside aria-hidden className="hidden flex-col justify-center border-s border-line bg-sunken px-10 py-12 lg:flex">
        <div className="mx-auto w-full max-w-md">
          <p className="mb-6 text-lg font-semibold text-balance">
            Every number behind this door leads to the two sides that make it.
          </p>
          <LedgerExample />
        </div>
      </aside>
    </div>
  );
}
