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
  const path = pathHere(next);
  // Read again as a browser will read it: `/.//elsewhere` is a path of this site, and what is left of it, `//elsewhere`, is not.
  return path !== null && pathHere(path) === path && !path.startsWith('/login') ? path : null;
}

/** Path and query of an address as it is understood on this site; null when it leads elsewhere. */
function pathHere(address: string): string | null {
  const url = URL.parse(address, 'http://here.invalid');
  return url?.host === 'here.invalid' ? `${url.pathname}${url.search}` : null;
}

/** Whether the role may see what lies at the path; consoles are for their roles, everything else is for everybody. */
export function fits(role: Role, path: string): boolean {
  const console = ['/seller', '/admin'].find(
    (one) => path === one || path.startsWith(`${one}/`) || path.startsWith(`${one}?`),
  );
  return console === undefined || HOMES[role] === console;
}
