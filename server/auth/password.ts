import { hash, verify } from '@node-rs/argon2';
import { assert, singleton } from '#kernel';

/** Shortest and longest password, in characters (OWASP ASVS 5.0, 6.2.1 and 6.2.9). */
export const PASSWORD_LENGTH = { min: 12, max: 128 } as const;

/** argon2id with 19 MiB, two passes, one lane: OWASP's first choice for sign-in. argon2id is the library's default. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Hashes a password; the answer carries its own salt and parameters. */
export function hashPassword(password: string): Promise<string> {
  assert(isPasswordLength(password), `a password has ${PASSWORD_LENGTH.min} to ${PASSWORD_LENGTH.max} characters`);
  return hash(password, COST);
}

/**
 * Whether the password belongs to the hash. Without a hash (nobody has this address) the same work is done on another one,
 * so that the time of the answer does not tell who has an account.
 */
export async function verifyPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  const matches = await verify(passwordHash ?? (await hashOfNobody()), password);
  return matches && passwordHash !== undefined;
}

export function isPasswordLength(password: string): boolean {
  return password.length >= PASSWORD_LENGTH.min && password.length <= PASSWORD_LENGTH.max;
}

function hashOfNobody(): Promise<string> {
  return singleton('auth.hash-of-nobody', () => hash('nobody has this password', COST));
}
