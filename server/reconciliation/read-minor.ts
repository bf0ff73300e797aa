import { type CurrencyCode, exponentOf } from '#kernel';

const DECIMAL = /^(-?)(0|[1-9][0-9]{0,15})(?:\.([0-9]+))?$/;

/** Reads a signed decimal of a file into minor units, exactly: "-15.00" USD is -1500n. Null when it is not plainly one. */
export function readMinor(text: string, currency: CurrencyCode): bigint | null {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const [, sign, whole = '', fraction = ''] = match;
  const exponent = exponentOf(currency);
  if (fraction.length > exponent) return null;
  const minor = BigInt(whole + fraction.padEnd(exponent, '0'));
  return sign === '-' ? -minor : minor;
}
