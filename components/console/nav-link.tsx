'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { type ReactNode, useEffect, useRef } from 'react';

export interface NavLinkProps {
  readonly href: string;
  /** Only this very page counts as current, not the pages below it. */
  readonly exact?: boolean;
  readonly children: ReactNode;
}

export function NavLink({ href, exact = false, children }: NavLinkProps) {
  const pathname = usePathname();
  const current = pathname === href || (!exact && pathname.startsWith(`${href}/`));
  const link = useRef<HTMLAnchorElement>(null);
  // On a phone the rail scrolls sideways, and the page one is on must not stand outside of it.
  useEffect(() => {
    if (current) link.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [current]);
  return (
    <Link
      ref={link}
      href={href}
      aria-current={current ? 'page' : undefined}
      className="flex h-9 items-center gap-2.5 rounded-md px-2.5 text-sm whitespace-nowrap text-muted hover:bg-hover hover:text-ink aria-[current]:bg-accent-soft aria-[current]:font-medium aria-[current]:text-accent-text [&_svg]:size-4 [&_svg]:shrink-0"
    >
      {children}
    </Link>
  );
}
