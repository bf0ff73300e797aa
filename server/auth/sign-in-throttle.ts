import { createHash } from 'node:crypto';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { pool } from '#db';
import { AppError, singleton } from '#kernel';

/** Within this many seconds … */
const WINDOW_SECONDS = 15 * 60;
/**
 * … this many guesses are tried. Per account and address: enough for a forgotten password. Per account from anywhere: bounds
 * a guesser with many addresses; high, so that locking somebody else out takes a crowd. Per address: bounds one who tries
 * many accounts.
 */
const GUESSES = { accountAndAddress: 10, account: 100, address: 200 } as const;

interface SignInTry {
  /** Lower-case e-mail address. */
  readonly email: string;
  /** Network address of the caller. */
  readonly address: string;
}

/**
 * Counts a guess before it is checked, so that a burst cannot slip through; throws `too_many_requests` when there were too many.
 * The counters live in Postgres: they hold over restarts and for all processes. Accounts that do not exist count alike.
 */
export async function countSignInTry({ email, address }: SignInTry): Promise<void> {
  const { accountAndAddress, account, address: byAddress } = limiters();
  try {
    await accountAndAddress.consume(digest(`${email} ${address}`));
    await Promise.all([account.consume(digest(email)), byAddress.consume(digest(address))]);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    const retryAfterSeconds = Math.max(Math.ceil(error.msBeforeNext / 1_000), 1);
    throw new AppError('too_many_requests', 'Too many tries. Wait a few minutes, then sign in again.', {
      retryAfterSeconds,
    });
  }
}

/** Takes the guess back: it was right. */
export async function forgetSignInTry({ email, address }: SignInTry): Promise<void> {
  const { accountAndAddress, account, address: byAddress } = limiters();
  await Promise.all([
    accountAndAddress.delete(digest(`${email} ${address}`)),
    account.reward(digest(email)),
    byAddress.reward(digest(address)),
  ]);
}

function limiters() {
  return singleton('auth.sign-in-throttle', () => {
    const limiter = (keyPrefix: keyof typeof GUESSES) =>
      new RateLimiterPostgres({
        storeClient: pool(),
        storeType: 'pool',
        tableName: 'sign_in_throttle',
        tableCreated: true,
        keyPrefix,
        points: GUESSES[keyPrefix],
        duration: WINDOW_SECONDS,
      });
    return {
      accountAndAddress: limiter('accountAndAddress'),
      account: limiter('account'),
      address: limiter('address'),
    };
  });
}

/** The table keeps no address and no e-mail. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
