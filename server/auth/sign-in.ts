import { pool, run } from '#db';
import { isPasswordLength, verifyPassword } from './password.ts';
import { startSession } from './session.ts';
import { countSignInTry, forgetSignInTry } from './sign-in-throttle.ts';

export interface SignInRequest {
  readonly email: string;
  readonly password: string;
  /** Network address of the caller, for the throttle. */
  readonly address: string;
}

export interface SignedIn {
  readonly userId: string;
  readonly sessionId: string;
}

/** Longest e-mail address (RFC 5321, 4.5.3.1.3, less the brackets). */
const MAX_EMAIL = 254;

/**
 * Signs a person in and opens a session. Answers null, after the same work, for an unknown address, a wrong password and a
 * suspended user: the caller cannot tell which. Throws `too_many_requests` after too many guesses.
 */
export async function signIn({ email: typed, password, address }: SignInRequest): Promise<SignedIn | null> {
  const email = typed.trim().toLowerCase();
  if (email.length > MAX_EMAIL || email.includes('\0') || !isPasswordLength(password)) return null;
  await countSignInTry({ email, address });
  const user = await findUser(email);
  const proven = await verifyPassword(user?.password_hash, password);
  if (!user || !proven || user.suspended_at) return null;
  await forgetSignInTry({ email, address });
  return { userId: user.id, sessionId: await startSession(user.id) };
}

async function findUser(email: string) {
  const [user] = await run<{ id: string; password_hash: string; suspended_at: Date | null }>(pool(), {
    name: 'user-by-email',
    text: 'select id, password_hash, suspended_at from users where email = $1',
    values: [email],
  });
  return user;
}
