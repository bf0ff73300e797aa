import { NuqsAdapter } from 'nuqs/adapters/next/app';
import type { ReactNode } from 'react';
import { AdminNav } from '#components/admin/admin-nav.tsx';
import { ConsoleShell } from '#components/console/console-shell.tsx';
import { load } from '#trpc';

export default async function AdminLayout({ children }: { readonly children: ReactNode }) {
  const { data: session } = await load((api) => api.session.get());
  // Each page checks for itself and knows where to come back to; without a session there is only the page.
  if (!session?.actor) return <main className="p-6">{children}</main>;
  const { actor, environment } = session;
  const outsider = actor.role === 'shopper' || actor.role === 'seller';
  return (
    <NuqsAdapter>
      <ConsoleShell title="Operations" session={{ actor, environment }} nav={outsider ? null : <AdminNav />}>
        {children}
      </ConsoleShell>
    </NuqsAdapter>
  );
}
