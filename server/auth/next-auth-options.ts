import type { NextAuthOptions } from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import { config } from '#config';
import { toAppError } from '#db';
import { AppError } from '#kernel';
import { addressOf } from './address-of.ts';
import { endSession, SESSION_SECONDS, sessionCookie } from './session.ts';
import { signIn } from './sign-in.ts';

/**
 * next-auth carries the cookie, its encryption and the forgery check of the sign-in form; everything it vouches for is one
 * session id, which `getActor` looks up in the database.
 */
export function authOptions(): NextAuthOptions {
  // next-auth takes its own address from the environment only.
  process.env.NEXTAUTH_URL ??= config().PUBLIC_URL;
  const { name, secure } = sessionCookie();
  return {
    secret: config().AUTH_SECRET,
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
    useSecureCookies: secure,
    cookies: { sessionToken: { name, options: { httpOnly: true, sameSite: 'lax', path: '/', secure } } },
    pages: { signIn: '/login', signOut: '/login', error: '/login' },
    providers: [
      Credentials({
        credentials: { email: {}, password: {} },
        authorize: async (given, { headers }) => {
          const address = addressOf(headers, config().TRUSTED_PROXIES);
          const signedIn = await signIn({ ...textsOf(given), address }).catch(refuseByCode);
          return signedIn && { id: signedIn.userId, sessionId: signedIn.sessionId };
        },
      }),
    ],
    callbacks: {
      // The token says which session and nothing else: no name, no role that could grow old in it.
      jwt: ({ token, user }) => ({ sessionId: user && 'sessionId' in user ? user.sessionId : token.sessionId }),
      session: ({ session }) => ({ expires: session.expires }),
    },
    events: {
      signOut: async ({ token }) => {
        if (typeof token?.sessionId === 'string') await endSession(token.sessionId);
      },
    },
  };
}

/** next-auth shows the message of an error to the caller, so it may be nothing but a code. */
function refuseByCode(error: unknown): never {
  const known = error instanceof AppError ? error : toAppError(error);
  if (!known) console.error(error);
  throw new Error(known?.code ?? 'internal_error');
}

/** Form fields come from outside: anything but text counts as empty, which no password is. */
function textsOf(given: Record<string, unknown> | undefined): { email: string; password: string } {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return { email: text(given?.email), password: text(given?.password) };
}
