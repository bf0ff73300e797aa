import Link from 'next/link';
import type { ReactNode } from 'react';
import type { RouterOutputs } from '#trpc';

export interface FactLinkProps {
  /** Whose console this is. */
  readonly door: 'admin' | 'seller';
  /** Where the fact behind a line is told whole; null where it has no page. */
  readonly page: RouterOutputs['seller']['statement']['lines'][number]['page'];
  readonly children: ReactNode;
}

/** What a line of a statement is about, leading to the whole of it: of a payment to its books. */
export function FactLink({ door, page, children }: FactLinkProps) {
  if (!page) return children;
  return (
    <Link
      href={`/${door}/${page.of}/${encodeURIComponent(page.id)}${page.of === 'payments' ? '#books' : ''}`}
      className="underline decoration-line-strong underline-offset-4 hover:decoration-current"
    >
      {children}
    </Link>
  );
}
