import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import type { ReactNode } from 'react';
import { AdminNav } from '#components/admin/admin-nav.tsx';
import { ConsoleShell } from '#components/console/console-shell.tsx';
import { load } from '#trpc';

export default async function AdminLayout({ children }: { readonly children: ReactNode }) {
  const { data: session } = await load((api) => api.session.get());
  // The page finds out for itself what went wrong, and says so.
  if (!session) return <main className="p-6">{children}</main>;
  // A convenience, not the lock: every call checks who is calling.
  if (!session.actor) redirect(`/login?next=${encodeURIComponent((await headers()).get('x-path') ?? '/admin')}`);
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
