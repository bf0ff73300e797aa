import Link from 'next/link';
import { Logo } from '#components/brand/logo.tsx';
import { buttonVariants } from '#components/ui/button.tsx';

export default function NotFound() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center px-6 py-12">
      <Logo className="mb-10" />
      <p className="tabular text-sm text-subtle">404</p>
      <h1 className="mt-1 text-lg font-semibold">Nothing is known by this address</h1>
      <p className="mt-2 text-base text-muted">It may be cut off, or belong to someone else.</p>
      <p className="mt-6">
        <Link href="/" className={buttonVariants({ variant: 'primary' })}>
          Go to the start
        </Link>
      </p>
    </main>
  );
}
