import { SearchX, ServerCrash } from 'lucide-react';
import { Logo } from '../brand/logo.tsx';
import { buttonVariants } from '../ui/button.tsx';

export interface PayUnavailableProps {
  /** `unknown`: no session has this id. `unreachable`: the provider does not answer. */
  readonly reason: 'unknown' | 'unreachable';
  /** Address of the page itself. */
  readonly href: string;
}

/** The page cannot be shown. Opening it charges nothing, so that much is certain. */
export function PayUnavailable({ reason, href }: PayUnavailableProps) {
  const unknown = reason === 'unknown';
  const Icon = unknown ? SearchX : ServerCrash;
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center px-6 py-12">
      <Logo className="mb-10" />
      <Icon aria-hidden className="size-8 text-subtle" strokeWidth={1.5} />
      <h1 className="mt-4 text-lg font-semibold">
        {unknown ? 'There is no such payment page' : 'The payment provider does not answer'}
      </h1>
      <p className="mt-2 text-base text-muted">
        {unknown
          ? 'The address may be cut off. Go back to the shop and start the payment again. Nothing was charged.'
          : 'Opening this page charges nothing. Wait a moment and load it again; your basket is kept.'}
      </p>
      <p className="mt-6 flex gap-2">
        {unknown ? null : (
          <a href={href} className={buttonVariants({ variant: 'primary' })}>
            Try again
          </a>
        )}
        <a href="/shop" className={buttonVariants()}>
          Return to shop
        </a>
      </p>
    </main>
  );
}
