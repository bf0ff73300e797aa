import type { DemoLogin } from './login-panel.tsx';
import { fits, homeOf } from './next-path.ts';

/** The likeliest demo login first: one that may see where the visitor wants to go; of several sellers all but one come last. */
export function orderLogins(logins: readonly DemoLogin[], next: string | null): DemoLogin[] {
  const firstSeller = logins.find((login) => login.role === 'seller');
  const rank = (login: DemoLogin) => {
    if (login.role === 'seller' && login !== firstSeller) return 2;
    return next && homeOf(login.role) !== '/shop' && fits(login.role, next) ? 0 : 1;
  };
  return [...logins].sort((a, b) => rank(a) - rank(b));
}
