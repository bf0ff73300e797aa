import type { Reader } from '../database/store.ts';
import { loadObject } from '../objects/load-object.ts';
import { invalid } from './stripe-error.ts';

const MAX_DEPTH = 4;

interface WireObject {
  readonly id: string;
}

/**
 * Replaces ids by their objects along `expand[]` paths such as `latest_charge.balance_transaction` or
 * `data.payment_intent`. `fresh` holds objects that are not committed yet. Throws Stripe's 400 for a path that is not there.
 */
export async function expand<T extends object>(
  reader: Reader,
  object: T,
  paths: readonly string[] = [],
  fresh: readonly WireObject[] = [],
): Promise<T> {
  const known = new Map<string, object>(fresh.map((one) => [one.id, one]));
  for (const path of paths) {
    const steps = path.split('.');
    if (steps.length > MAX_DEPTH) throw invalid('expand', `You cannot expand more than ${MAX_DEPTH} levels.`);
    await follow(object as Record<string, unknown>, steps);
  }
  return object;

  async function follow(current: Record<string, unknown>, [step, ...rest]: readonly string[]): Promise<void> {
    if (step === undefined) return;
    if (!Object.hasOwn(current, step)) throw invalid('expand', `This property cannot be expanded (${step}).`);
    const value = current[step];
    if (typeof value === 'string') current[step] = known.get(value) ?? (await loadObject(reader, value)) ?? value;
    const next = current[step];
    for (const one of Array.isArray(next) ? next : [next]) {
      if (typeof one === 'object' && one !== null) await follow(one as Record<string, unknown>, rest);
    }
  }
}
