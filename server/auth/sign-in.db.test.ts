import { encode } from 'next-auth/jwt';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { config } from '#config';
import { pool } from '#db';
import { createTestDatabase, type MigratedDatabase } from '#testing';
import { hashPassword } from './password.ts';
import { endAllSessions, endSession, getActor, sessionCookie } from './session.ts';
import { signIn } from './sign-in.ts';

const PASSWORD = 'correct horse battery';
const GUESSES_PER_ACCOUNT_AND_ADDRESS = 10;
let database: MigratedDatabase;

beforeAll(async () => {
  database = await createTestDatabase('sign_in');
  process.env.DATABASE_URL = database.url;
  await pool().query(
    `insert into users (id, email, name, role, password_hash) values ('user_ann', 'ann@example.test', 'Ann', 'shopper', $1)`,
    [await hashPassword(PASSWORD)],
  );
});

beforeEach(async () => {
  await pool().query(`update users set suspended_at = null, role = 'shopper'`);
  await pool().query('delete from sign_in_throttle');
});

afterAll(async () => {
  await pool().end();
  await database.drop();
});

const tryWith = (password: string, email = 'ann@example.test', address = '192.0.2.1') =>
  signIn({ email, password, address });

/** Signs in and answers a function that asks who the bearer of that cookie is. */
async function signedIn() {
  const session = await tryWith(PASSWORD);
  if (!session) throw new Error('the sign-in was refused');
  const cookie = await encode({ token: { sessionId: session.sessionId }, secret: config().AUTH_SECRET });
  return {
    sessionId: session.sessionId,
    actor: () => getActor((name) => (name === sessionCookie().name ? cookie : undefined)),
  };
}

test('the right password opens a session that names the actor', async () => {
  const { actor } = await signedIn();
  expect(await actor()).toEqual({
    userId: 'user_ann',
    role: 'shopper',
    sellerId: null,
    sellerName: null,
    name: 'Ann',
    email: 'ann@example.test',
  });
});

test('an unknown address, a wrong password and a suspended user get the same answer', async () => {
  expect(await tryWith(PASSWORD, 'nobody@example.test')).toBeNull();
  expect(await tryWith('not the right one')).toBeNull();
  await pool().query('update users set suspended_at = now()');
  expect(await tryWith(PASSWORD)).toBeNull();
});

test('a password that differs only after 72 bytes is another password', async () => {
  const long = 'x'.repeat(80);
  await pool().query('update users set password_hash = $1', [await hashPassword(`${long}a`)]);
  expect(await tryWith(`${long}b`)).toBeNull();
  expect(await tryWith(`${long}a`)).not.toBeNull();
  await pool().query('update users set password_hash = $1', [await hashPassword(PASSWORD)]);
});

test('passwords are kept as argon2id with 19 MiB, two passes, one lane', async () => {
  expect(await hashPassword(PASSWORD)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

test('signing out ends that session with the next request, and no other', async () => {
  const [first, second] = [await signedIn(), await signedIn()];
  await endSession(first.sessionId);
  expect(await first.actor()).toBeNull();
  expect(await second.actor()).not.toBeNull();
});

test('raising the session version ends every session with the next request', async () => {
  const { actor } = await signedIn();
  await endAllSessions('user_ann');
  expect(await actor()).toBeNull();
});

test('suspension ends every session with the next request', async () => {
  const { actor } = await signedIn();
  await pool().query('update users set suspended_at = now()');
  expect(await actor()).toBeNull();
});

test('a change of role acts with the next request', async () => {
  const { actor } = await signedIn();
  await pool().query(`update users set role = 'admin'`);
  expect(await actor()).toMatchObject({ role: 'admin' });
});

test('a session ends after its longest time', async () => {
  const { actor } = await signedIn();
  const owner = new (await import('pg')).default.Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(`update sessions set started_at = now() - interval '13 hours'`);
  await owner.end();
  expect(await actor()).toBeNull();
});

test('a cookie that is missing, altered or signed by another secret belongs to nobody', async () => {
  const { sessionId } = await signedIn();
  const foreign = await encode({ token: { sessionId }, secret: 'another secret of thirty-two chars' });
  for (const cookie of [undefined, '', 'x.y.z', foreign]) expect(await getActor(() => cookie)).toBeNull();
});

test('of a burst of guesses no more than the limit is tried, and the right password does not help then', async () => {
  const burst = await Promise.allSettled(Array.from({ length: 40 }, () => tryWith('wrong but long enough')));
  const refused = burst.filter((one) => one.status === 'rejected');
  expect(burst).toHaveLength(refused.length + GUESSES_PER_ACCOUNT_AND_ADDRESS);
  for (const one of refused) expect(one.reason).toMatchObject({ code: 'too_many_requests' });
  await expect(tryWith(PASSWORD)).rejects.toMatchObject({ code: 'too_many_requests' });
});

test('guessing at an account from elsewhere does not lock its owner out', async () => {
  await Promise.allSettled(
    Array.from({ length: 40 }, () => tryWith('wrong but long enough', 'ann@example.test', '198.51.100.9')),
  );
  expect(await tryWith(PASSWORD)).not.toBeNull();
});

test('addresses without an account are throttled alike', async () => {
  const burst = await Promise.allSettled(
    Array.from({ length: 20 }, () => tryWith('wrong but long enough', 'nobody@example.test')),
  );
  expect(burst.filter((one) => one.status === 'fulfilled')).toHaveLength(GUESSES_PER_ACCOUNT_AND_ADDRESS);
});
