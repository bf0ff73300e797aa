import Link from 'next/link';

export function SiteFooter() {
  return (
    <footer className="mx-auto mt-auto w-full max-w-6xl px-4 sm:px-6 print:hidden">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2 border-t border-line py-6 text-xs text-subtle">
        <p>A demo market. Every payment here is a test; no money moves.</p>
        <nav aria-label="More" className="flex gap-4 sm:ms-auto">
          <Link className="hover:text-ink" href="/docs/api" prefetch={false}>
            API
          </Link>
          <Link className="hover:text-ink" href="/seller" prefetch={false}>
            Seller console
          </Link>
          <Link className="hover:text-ink" href="/admin" prefetch={false}>
            Operations
          </Link>
        </nav>
      </div>
    </footer>
  );
}
