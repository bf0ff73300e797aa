import { setTimeout as delay } from 'node:timers/promises';
import { toAppError } from '#db';
import { AppError, type ErrorCode } from '#kernel';
import type { PaymentSystem } from '#testing';

const MOST_TRIES = 20;
const PAUSE_MS = 50;

/** Wishes that meet at one balance. */
export const WISHES_AT_ONCE = 50;

/** What a storm came to. */
export interface StormReport {
  readonly accepted: number;
  readonly refused: number;
  /** What broke, in sentences; empty when the limit held. */
  readonly violations: readonly string[];
}

/** Plays one storm; the same seed wishes for the same amounts. */
export type Storm = (system: PaymentSystem, seed: bigint) => Promise<StormReport>;

/** One wish for money, in minor units. `error` says why it was refused. */
export interface Wish {
  readonly amountMinor: bigint;
  readonly error: unknown;
}

/** Asks for every amount at once. */
export function askAtOnce(
  amountsMinor: readonly bigint[],
  ask: (amountMinor: bigint) => Promise<unknown>,
): Promise<Wish[]> {
  return Promise.all(
    amountsMinor.map(async (amountMinor) => ({
      amountMinor,
      error: await begun(() => ask(amountMinor)).then(
        () => null,
        (error: unknown) => error,
      ),
    })),
  );
}

/** What could not be begun, because every connection was taken, is asked again for a while, as a client does. */
async function begun(ask: () => Promise<unknown>): Promise<unknown> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (codeOf(error) !== 'database_unavailable' || tries === MOST_TRIES) throw error;
      await delay(PAUSE_MS);
    }
  }
}

/** What the wishes are held against. */
export interface StormEnd {
  /** Minor units that were there at the beginning. */
  readonly limitMinor: bigint;
  /** The one reason for which a wish may be refused. */
  readonly refusal: ErrorCode;
  /** What the system says was taken, by who says it: every number is the sum of what was accepted. */
  readonly told: Readonly<Record<string, bigint>>;
}

/**
 * Never more is accepted than was there, what is refused is refused for that reason, what is accepted fits as tightly as the
 * smallest refusal says, and all who count it come to the same.
 */
export function judgeStorm(wishes: readonly Wish[], { limitMinor, refusal, told }: StormEnd): StormReport {
  const [accepted, refused] = [
    wishes.filter(({ error }) => error === null),
    wishes.filter(({ error }) => error !== null),
  ];
  const taken = accepted.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const leftMinor = limitMinor - taken;
  const violations = [
    ...(leftMinor < 0n ? [`${taken} of ${limitMinor} were accepted`] : []),
    ...Object.entries(told)
      .filter(([, sum]) => sum !== taken)
      .map(([who, sum]) => `accepted ${taken}, ${who} ${sum}`),
    ...refused.flatMap(({ amountMinor, error }) => {
      if (codeOf(error) !== refusal) return [`refused for another reason: ${error}`];
      return amountMinor <= leftMinor ? [`${amountMinor} was refused although ${leftMinor} were left`] : [];
    }),
  ];
  return { accepted: accepted.length, refused: refused.length, violations };
}

function codeOf(error: unknown): ErrorCode | undefined {
  return error instanceof AppError ? error.code : toAppError(error)?.code;
}
