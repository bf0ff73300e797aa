import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import type { ReactNode } from 'react';
import { ConsoleShell } from '#components/console/console-shell.tsx';
import { SellerNav } from '#components/seller/seller-nav.tsx';
import { load } from '#trpc';

export default async function SellerLayout({ children }: { readonly children: ReactNode }) {
  const { data: session } = await load((api) => api.session.get());
  // The page finds out for itself what went wrong, and says so.
  if (!session) return <main className="p-6">{children}</main>;
  // A convenience, not the lock: every call checks who is calling.
  if (!session.actor) redirect(`/login?next=${encodeURIComponent((await headers()).get('x-path') ?? '/seller')}`);
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
