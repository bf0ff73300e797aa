import Link from 'next/link';
import type { ReactNode } from 'react';
import type { RouterOutputs } from '#trpc';
import { LogoMark } from '../brand/logo.tsx';
import { EnvironmentBadge } from './environment-badge.tsx';
import { SignOutButton } from './sign-out-button.tsx';

type Session = RouterOutputs['session']['get'];

export interface ConsoleShellProps {
  /** Name of the console: whose door this is. */
  readonly title: string;
  readonly session: Session & { readonly actor: NonNullable<Session['actor']> };
  /** The links of the rail. */
  readonly nav: ReactNode;
  readonly children: ReactNode;
}

const ROLE_WORDS: Record<ConsoleShellProps['session']['actor']['role'], string> = {
  shopper: 'Shopper',
  seller: 'Seller',
  support: 'Support',
  finance: 'Finance',
  approver: 'Approver',
  admin: 'Administrator',
};

/** The frame of both consoles: rail, environment, account. On a phone the rail lies on top and scrolls sideways. */
export function ConsoleShell({ title, session, nav, children }: ConsoleShellProps) {
  const { actor, environment } = session;
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[14.5rem_1fr]">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-md focus:bg-surface focus:px-3 focus:py-2 focus:text-sm"
      >
        Skip to the content
      </a>
      <div className="border-line bg-surface lg:border-e">
        <nav aria-label={title} className="lg:sticky lg:top-0 lg:flex lg:h-dvh lg:flex-col">
          <div className="flex h-14 items-center justify-between gap-3 px-4 lg:px-3.5">
            <Link
              href="/"
              className="flex items-center gap-2.5 rounded-md"
              aria-label={`${title}: Countinghouse, start`}
            >
              <LogoMark className="size-6" />
              <span className="text-sm font-semibold tracking-tight">{title}</span>
            </Link>
            <span className="lg:hidden">
              <EnvironmentBadge psp={environment.psp} />
            </span>
          </div>
          <div className="flex gap-1 overflow-x-auto border-line border-b px-2 pb-2 lg:flex-1 lg:flex-col lg:overflow-visible lg:border-b-0 lg:px-2.5">
            {nav}
          </div>
        </nav>
      </div>
      <div className="flex min-w-0 flex-col">
        <header className="flex min-h-14 flex-wrap items-center justify-between gap-x-4 border-b border-line px-4 sm:px-6 lg:px-8">
          <span className="hidden lg:inline">
            <EnvironmentBadge psp={environment.psp} />
          </span>
          <div className="flex flex-1 items-center justify-between gap-2 lg:flex-none lg:gap-3">
            <p className="min-w-0 truncate text-sm">
              <span className="font-medium">{actor.name}</span>
              <span className="text-muted"> · {actor.sellerName ?? ROLE_WORDS[actor.role]}</span>
            </p>
            <SignOutButton />
          </div>
        </header>
        <main id="main" className="mx-auto w-full max-w-6xl flex-1 px-4 py-6 sm:px-6 lg:px-8 lg:py-8">
          {children}
        </main>
      </div>
    </div>
  );
}
