import type { Role } from './roles.ts';

/** Where each role works. */
const HOMES: Record<Role, string> = {
  shopper: '/shop',
  seller: '/seller',
  support: '/admin',
  finance: '/admin',
  approver: '/admin',
  admin: '/admin',
};

export function homeOf(role: Role): string {
  return HOMES[role];
}

/** A path of this site, or null: an address elsewhere must never be where a sign-in leads. */
export function safePath(next: string | undefined): string | null {
  if (!next?.startsWith('/') || next.length > 500) return null;
  const url = URL.parse(next, 'http://here.invalid');
  return url?.host === 'here.invalid' && !url.pathname.startsWith('/login') ? `${url.pathname}${url.search}` : null;
}

/** Whether the role may see what lies at the path; consoles are for their roles, everything else is for everybody. */
export function fits(role: Role, path: string): boolean {
  const console = ['/seller', '/admin'].find(
    (one) => path === one || path.startsWith(`${one}/`) || path.startsWith(`${one}?`),
  );
  return console === undefined || HOMES[role] === console;
}
