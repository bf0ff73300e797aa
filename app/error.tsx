'use client';

import { Button, buttonVariants } from '#components/ui/button.tsx';

/** The last net. The digest finds the cause in the server's log; nothing else of it is shown. */
export default function ErrorPage({
  error,
  reset,
}: {
  readonly error: Error & { readonly digest?: string };
  readonly reset: () => void;
}) {
  return (
    <main className="mx-auto flex min-h-[70dvh] max-w-md flex-col justify-center px-6 py-12">
      <h1 className="text-lg font-semibold">Something went wrong on our side</h1>
      <p className="mt-2 text-base text-muted">
        Loading a page charges nothing. Try again; if it happens twice, tell us the reference.
      </p>
      {error.digest ? <p className="code-id mt-2 text-sm text-subtle">Reference {error.digest}</p> : null}
      <p className="mt-6 flex gap-2">
        <Button variant="primary" onClick={reset}>
          Try again
        </Button>
        <a href="/" className={buttonVariants()}>
          Go to the start
        </a>
      </p>
    </main>
  );
}
