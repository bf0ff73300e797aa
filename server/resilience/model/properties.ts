import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { parseIdempotencyKey } from '#idempotency';
import {
  AppError,
  CURRENCIES,
  exponentOf,
  formatAmount,
  formatMinor,
  MAX_AMOUNT_MINOR,
  parseAmount,
  splitCommission,
} from '#kernel';
import { ATTEMPT_STATES, ORDER_STATES, ORDER_TRANSITIONS } from '#payments';
import { verifyWebhook } from '#psp';
import { OPEN_ATTEMPT_STATES } from '../../payments/attempt-state.ts';
import { ORDER_STEPS, SETTLED_STATES, stepsFor } from '../../payments/order-state.ts';
import { must } from './expected.ts';

export interface Property {
  readonly what: string;
  readonly check: (seed: number, numRuns: number) => fc.RunDetails<unknown>;
}

const SECRET = 'whsec_a_secret_of_the_model_alone_00';
const amount = fc.oneof(
  fc.constantFrom(1n, 9n, 10n, 99n, 100n, 999n, 1_000n, MAX_AMOUNT_MINOR),
  fc.bigInt({ min: 1n, max: MAX_AMOUNT_MINOR }),
);
const currency = fc.constantFrom(...CURRENCIES);

function property<Values extends [unknown, ...unknown[]]>(
  what: string,
  values: { [Place in keyof Values]: fc.Arbitrary<Values[Place]> },
  holds: (...values: Values) => void,
): Property {
  const check = (seed: number, numRuns: number) => {
    const details = fc.check(fc.property(...values, holds), { seed, numRuns });
    return details as fc.RunDetails<unknown>;
  };
  return { what, check };
}

/** What stands around the money: amounts, shares, signatures, keys, tables. */
export const PROPERTIES: readonly Property[] = [
  property('an amount written and read again is the same', [amount, currency], (amountMinor, code) => {
    const text = formatAmount({ amountMinor, currency: code });
    must((text.split('.')[1] ?? '').length === exponentOf(code), `${text} has not the decimals of ${code}`);
    must(parseAmount(text, code).amountMinor === amountMinor, `${text} ${code} was read as another amount`);
    must(formatMinor(-amountMinor, code) === `-${text}`, `${text} has another negative`);
  }),

  property('whatever is not plainly an amount is refused', [fc.string({ maxLength: 12 }), currency], (text, code) => {
    const exponent = exponentOf(code);
    const plain = new RegExp(`^(0|[1-9][0-9]*)${exponent > 0 ? `(\\.[0-9]{1,${exponent}})?` : ''}$`);
    const worth = plain.test(text) ? BigInt(shifted(text, exponent)) : 0n;
    const answer = orCode(() => parseAmount(text, code).amountMinor);
    if (worth >= 1n && worth <= MAX_AMOUNT_MINOR) must(answer === worth, `${text} ${code} was read as ${answer}`);
    else must(typeof answer === 'string', `${JSON.stringify(text)} ${code} was taken for ${answer}`);
  }),

  property(
    'commission and seller share are the whole, and the commission is the floor of its rate',
    [amount, fc.oneof(fc.constantFrom(0, 1, 250, 3_333, 9_999, 10_000), fc.integer({ min: 0, max: 10_000 }))],
    (gross, basisPoints) => {
      const { commissionMinor, netMinor } = splitCommission(gross, basisPoints);
      must(commissionMinor + netMinor === gross, `${gross} became ${commissionMinor} and ${netMinor}`);
      const rest = gross * BigInt(basisPoints) - commissionMinor * 10_000n;
      must(rest >= 0n && rest < 10_000n, `${commissionMinor} is not the floor of ${basisPoints} of ${gross}`);
    },
  ),

  property(
    'a signature holds for exactly the bytes that were signed, lately',
    [fc.json({ maxDepth: 1 }), fc.nat(), fc.integer({ min: 1, max: 255 }), fc.integer({ min: -3_600, max: 3_600 })],
    (anything, place, flip, ageSeconds) => {
      const event = { id: 'evt_1', object: 'event', livemode: false, type: 'ping', data: { object: { anything } } };
      const body = Buffer.from(JSON.stringify(event));
      must(verify(body, sign(body)) === 'evt_1', 'a good signature is refused');
      const spoilt = Buffer.from(body);
      spoilt[place % body.length] = (spoilt[place % body.length] as number) ^ flip;
      must(verify(spoilt, sign(body)) === 'signature_invalid', `byte ${place % body.length} may be changed`);
      must(verify(Buffer.concat([body, Buffer.from(' ')]), sign(body)) === 'signature_invalid', 'a byte may be added');
      must(verify(body, sign(body, 'whsec_another')) === 'signature_invalid', 'another secret is accepted');
      const aged = verify(body, sign(body, SECRET, ageSeconds));
      // Within two seconds of the limit the clock decides.
      if (Math.abs(ageSeconds) > 302) must(aged === 'signature_invalid', `${ageSeconds} seconds are not too far away`);
      if (Math.abs(ageSeconds) < 298) must(aged === 'evt_1', `${ageSeconds} seconds are too far away`);
    },
  ),

  property(
    'an idempotency key is the same bare and quoted, and nothing else is one',
    [fc.string({ unit: 'binary-ascii', maxLength: 300 })],
    (text) => {
      const printable = /^[\x20-\x7e]{1,255}$/.test(text);
      const quoted = `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
      const answer = orCode(() => parseIdempotencyKey(quoted));
      must(answer === (printable ? text : 'idempotency_key_invalid'), `${quoted} was read as ${answer}`);
      const bare = orCode(() => parseIdempotencyKey(text));
      const isBare = printable && !/[ ",]/.test(text);
      if (isBare) must(bare === text, `${text} was read as ${bare}`);
      if (!printable && text.trim() === text) must(bare === 'idempotency_key_invalid', `${text} was read as ${bare}`);
    },
  ),

  property(
    'every event in every state leads along legal moves to where it leads again nowhere',
    [fc.constantFrom(...ORDER_STATES), fc.constantFrom(...(Object.keys(ORDER_STEPS) as (keyof typeof ORDER_STEPS)[]))],
    (from, event) => {
      let at = from;
      for (const to of stepsFor(event, from)) {
        must(ORDER_TRANSITIONS[at].includes(to), `${event} goes from ${at} to ${to}`);
        at = to;
      }
      must(at === from || stepsFor(event, at).length === 0, `${event} again goes on from ${at}`);
    },
  ),

  property(
    'every order state can be reached and every one that waits can end; every attempt state is open or final',
    [fc.constantFrom(...ORDER_STATES), fc.constantFrom(...ATTEMPT_STATES)],
    (state, attemptState) => {
      must(reachable('NOT_STARTED').has(state), `${state} is never reached`);
      const ends = [...reachable(state)].some((one) => SETTLED_STATES.has(one));
      must(ends, `${state} never ends`);
      const isOpen = ['PENDING', 'REQUIRES_ACTION', 'UNKNOWN'].includes(attemptState);
      must(OPEN_ATTEMPT_STATES.has(attemptState) === isOpen, `${attemptState} is open or final, not as it says`);
    },
  ),
];

function reachable(from: (typeof ORDER_STATES)[number]): Set<(typeof ORDER_STATES)[number]> {
  const seen = new Set([from]);
  for (const one of seen) for (const to of ORDER_TRANSITIONS[one]) seen.add(to);
  return seen;
}

/** A decimal text without its point, in minor units. */
function shifted(text: string, exponent: number): string {
  const [whole = '', fraction = ''] = text.split('.');
  return whole + fraction.padEnd(exponent, '0');
}

function sign(body: Buffer, secret = SECRET, ageSeconds = 0): string {
  const timestamp = Math.floor(Date.now() / 1_000) - ageSeconds;
  return `t=${timestamp},v1=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;
}

/** The event's id, or the code of the refusal. */
function verify(body: Buffer, signature: string): string {
  return String(orCode(() => verifyWebhook(body, signature, [SECRET]).id));
}

function orCode<Value>(work: () => Value): Value | string {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}
