import { NuqsAdapter } from 'nuqs/adapters/next/app';
import type { ReactNode } from 'react';
import { ConsoleShell } from '#components/console/console-shell.tsx';
import { SellerNav } from '#components/seller/seller-nav.tsx';
import { load } from '#trpc';

export default async function SellerLayout({ children }: { readonly children: ReactNode }) {
  const { data: session } = await load((api) => api.session.get());
  // Each page checks for itself and knows where to come back to; without a session there is only the page.
  if (!session?.actor) return <main className="p-6">{children}</main>;
  const { actor, environment } = session;
  return (
    <NuqsAdapter>
      <ConsoleShell
        title="Seller console"
        session={{ actor, environment }}
        nav={actor.role === 'seller' ? <SellerNav /> : null}
      >
        {children}
      </ConsoleShell>
    </NuqsAdapter>
  );
}
