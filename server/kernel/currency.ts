import { AUD, CAD, CHF, EUR, GBP, JPY, KRW, KWD, SEK, USD } from 'dinero.js/currencies';

/** ISO 4217 exponents come from dinero.js; a currency is accepted only when it is listed here. */
const supported = { AUD, CAD, CHF, EUR, GBP, JPY, KRW, KWD, SEK, USD } as const;

export type CurrencyCode = keyof typeof supported;

export const CURRENCIES = Object.keys(supported) as readonly CurrencyCode[];

export function isCurrencyCode(code: unknown): code is CurrencyCode {
  return typeof code === 'string' && Object.hasOwn(supported, code);
}

/** Number of decimals of the currency's minor unit: 0 (JPY), 2 (USD) or 3 (KWD). */
export function exponentOf(currency: CurrencyCode): number {
  return Number(supported[currency].exponent);
}
