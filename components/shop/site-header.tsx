import Link from 'next/link';
import { Logo } from '../brand/logo.tsx';
import { BasketLink } from './basket-link.tsx';

const DOORS = [
  { href: '/shop', label: 'Shop' },
  { href: '/seller', label: 'Sell' },
  { href: '/admin', label: 'Operate' },
] as const;

export function SiteHeader() {
  return (
    <header className="border-b border-line bg-surface print:hidden">
      <div className="mx-auto flex min-h-14 max-w-6xl flex-wrap items-center gap-x-6 gap-y-1 px-4 py-2 sm:px-6">
        <Link href="/" className="flex rounded-md" aria-label="Countinghouse, start">
          <Logo />
        </Link>
        <nav aria-label="Doors" className="order-last flex w-full gap-1 sm:order-none sm:w-auto">
          {DOORS.map((door) => (
            <Link
              key={door.href}
              href={door.href}
              prefetch={false}
              className="rounded-md px-2.5 py-1.5 text-sm text-muted first:-ms-2.5 hover:bg-hover hover:text-ink sm:first:ms-0"
            >
              {door.label}
            </Link>
          ))}
        </nav>
        <div className="ms-auto">
          <BasketLink />
        </div>
      </div>
    </header>
  );
}
