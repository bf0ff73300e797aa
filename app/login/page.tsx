import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { createLoader, parseAsString, type SearchParams } from 'nuqs/server';
import { Login } from '#components/login/login.tsx';
import { fits, homeOf, safePath } from '#components/login/next-path.ts';
import { orderLogins } from '#components/login/order-logins.ts';
import { load } from '#trpc';

export const metadata: Metadata = { title: 'Sign in' };

const loadSearch = createLoader({ next: parseAsString });

export default async function Page({ searchParams }: { readonly searchParams: Promise<SearchParams> }) {
  const next = safePath((await loadSearch(searchParams)).next ?? undefined);
  const [{ data: session }, { data: logins = [] }] = await Promise.all([
    load((api) => api.session.get()),
    load((api) => api.session.demoLogins()),
  ]);
  const actor = session?.actor;
  if (actor && (!next || fits(actor.role, next))) redirect(next ?? homeOf(actor.role));
  const misfit = actor
    ? `You are signed in as ${actor.name}, who has no access there. Sign in as somebody who has.`
    : null;
  return <Login demoLogins={orderLogins(logins, next)} next={next} misfit={misfit} />;
}
