import { type NextRequest, NextResponse } from 'next/server';
import { BANK_ACCOUNT_PATH } from '#components/payouts/bank-account-path.ts';
import { config as configuration } from '#config';

/**
 * Gives every page its content security policy with a nonce of its own. It guards nothing else: who may see what is
 * decided where the data is read.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = crypto.randomUUID().replaceAll('-', '');
  const { pathname } = request.nextUrl;
  const policy = contentSecurityPolicy(nonce, {
    payment: pathname.startsWith('/pay/'),
    bankDetails: pathname === BANK_ACCOUNT_PATH,
  });
  const headers = new Headers(request.headers);
  // Next reads the nonce from here and puts it on the scripts it writes.
  headers.set('content-security-policy', policy);
  // Tells a layout where the reader wants to go, so that the sign-in page can lead back there.
  headers.set('x-path', request.nextUrl.pathname + request.nextUrl.search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  return response;
}

interface PageKind {
  readonly payment: boolean;
  /** A seller enters the number of a bank account, for the payment provider alone. */
  readonly bankDetails: boolean;
}

function contentSecurityPolicy(nonce: string, { payment, bankDetails }: PageKind): string {
  const development = process.env.NODE_ENV === 'development';
  const psp = new URL(configuration().PSP_BASE_URL).origin;
  const directives = {
    'default-src': ["'self'"],
    // React's development build needs eval to show server stacks.
    'script-src': ["'self'", `'nonce-${nonce}'`, "'strict-dynamic'", ...(development ? ["'unsafe-eval'"] : [])],
    // Console widgets position themselves by style attributes; the payment page has none and allows none.
    'style-src': payment && !development ? ["'self'", `'nonce-${nonce}'`] : ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'"],
    // Card data goes to the payment provider, from the payment page, and nowhere else; bank numbers from the page that asks for one.
    'connect-src': ["'self'", ...(payment || bankDetails ? [psp] : [])],
    'form-action': ["'self'", ...(payment ? [psp] : [])],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'frame-src': ["'none'"],
    'frame-ancestors': ["'none'"],
    'report-uri': ['/api/csp-reports'],
  };
  return Object.entries(directives)
    .map(([directive, sources]) => `${directive} ${sources.join(' ')}`)
    .join('; ');
}

export const config = {
  matcher: ['/((?!api/|_next/static/|_next/image|icon.svg$).*)'],
};
