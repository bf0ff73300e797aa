import { hash } from 'node:crypto';

/** A number from 0 (included) to 1 that depends on the names only: the same seed tells the same story again. */
export function drawShare(seed: string, ...names: readonly (string | number)[]): number {
  const digits = hash('sha256', [seed, ...names].join('\n'), 'hex').slice(0, 12);
  return Number.parseInt(digits, 16) / 2 ** 48;
}
