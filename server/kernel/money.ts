import { type CurrencyCode, exponentOf, isCurrencyCode } from './currency.ts';
import { AppError } from './errors.ts';

/** An exact amount: integer minor units (cents, fils, yen) of one ISO 4217 currency. */
export interface Money {
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
}

/** Largest payable amount, in minor units: eight digits, the limit card networks and Stripe share. */
export const MAX_AMOUNT_MINOR = 99_999_999n;

/** One hundred per cent in basis points. */
export const BASIS_POINTS = 10_000n;

const DECIMAL = /^(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;

/**
 * Reads a decimal string such as "29.99" into minor units, exactly.
 * Nothing is rounded: whatever is not plainly a positive amount of the currency is refused with a typed error
 * (`currency_unknown`, `amount_not_string`, `amount_malformed`, `amount_too_precise`, `amount_zero`, `amount_too_large`).
 */
export function parseAmount(text: unknown, currency: unknown): Money {
  if (!isCurrencyCode(currency)) {
    throw new AppError('currency_unknown', `${JSON.stringify(currency)} is not a currency this system takes.`, {
      param: 'currency',
    });
  }
  if (typeof text !== 'string') {
    throw new AppError('amount_not_string', 'Send the amount as a decimal string, for example "29.99".', {
      param: 'amount',
    });
  }
  const match = text.length <= 20 ? DECIMAL.exec(text) : null;
  if (!match) {
    throw new AppError(
      'amount_malformed',
      'An amount is digits with at most one decimal point: no sign, exponent or space.',
      { param: 'amount' },
    );
  }
  const [, whole = '', fraction = ''] = match;
  const exponent = exponentOf(currency);
  if (fraction.length > exponent) {
    throw new AppError('amount_too_precise', `${currency} has ${exponent} decimals.`, { param: 'amount' });
  }
  const amountMinor = BigInt(whole + fraction.padEnd(exponent, '0'));
  if (amountMinor === 0n)
    throw new AppError('amount_zero', 'An amount must be greater than zero.', { param: 'amount' });
  if (amountMinor > MAX_AMOUNT_MINOR) {
    throw new AppError(
      'amount_too_large',
      `The largest amount is ${formatMinor(MAX_AMOUNT_MINOR, currency)} ${currency}.`,
      { param: 'amount' },
    );
  }
  return { amountMinor, currency };
}

/** Writes minor units as the currency's decimal string: 2999n USD is "29.99", -5n KWD is "-0.005". */
export function formatMinor(amountMinor: bigint, currency: CurrencyCode): string {
  const exponent = exponentOf(currency);
  const sign = amountMinor < 0n ? '-' : '';
  const digits = (amountMinor < 0n ? -amountMinor : amountMinor).toString().padStart(exponent + 1, '0');
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** Writes an amount as its decimal string; the inverse of {@link parseAmount}. */
export function formatAmount(money: Money): string {
  return formatMinor(money.amountMinor, money.currency);
}

/** Writes an amount for people, for example "$29.99". Intl is fed the decimal string, so no digit is lost. */
export function displayAmount(amountMinor: bigint, currency: CurrencyCode, locale = 'en-US'): string {
  const decimal = formatMinor(amountMinor, currency) as Intl.StringNumericLiteral;
  return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(decimal).replace('-', '−');
}

/**
 * Splits a gross amount into commission and net. The commission is the floor of gross × rate, so that the remainder of the division
 * goes to the seller, plus the fixed part, and never more than the gross. `commissionMinor + netMinor === grossMinor` always.
 */
export function splitCommission(
  grossMinor: bigint,
  rateBasisPoints: number,
  fixedMinor = 0n,
): { commissionMinor: bigint; netMinor: bigint } {
  const shareMinor = (grossMinor * BigInt(rateBasisPoints)) / BASIS_POINTS;
  const commissionMinor = shareMinor + fixedMinor < grossMinor ? shareMinor + fixedMinor : grossMinor;
  return { commissionMinor, netMinor: grossMinor - commissionMinor };
}
