import validator from 'card-validator';
import { brandOf, formatCardNumber, formatExpiry, parseExpiry } from './card-format.ts';

/** The form's fields, named as the PSP names them, so that the plain form posts the same. */
export const FIELD_NAMES = {
  email: 'billing_details[email]',
  number: 'card[number]',
  expiry: 'card[exp]',
  cvc: 'card[cvc]',
  name: 'billing_details[name]',
  country: 'billing_details[address][country]',
  postalCode: 'billing_details[address][postal_code]',
} as const;

export type FieldName = keyof typeof FIELD_NAMES;

export type Values = Readonly<Record<FieldName, string>>;

export type Errors = Partial<Record<FieldName, string>>;

/** Fields in reading order: the error summary and the first focus follow it. */
export const FIELD_ORDER: readonly FieldName[] = ['email', 'number', 'expiry', 'cvc', 'name', 'country', 'postalCode'];

/** Countries whose banks compare the postal code. */
const POSTAL_CODE_CHECKED = new Set(['US', 'GB', 'CA']);

export function needsPostalCode(country: string): boolean {
  return POSTAL_CODE_CHECKED.has(country);
}

/** Puts a field's text into the shape the form keeps, wherever it came from: keys, autofill, a page that woke up late. */
export function normalise(field: FieldName, text: string, previous: string): string {
  if (field === 'number') return formatCardNumber(text, text.length).text;
  if (field === 'expiry') return formatExpiry(text, previous);
  return field === 'cvc' ? text.replace(/\D/g, '') : text;
}

/** Digits of the security code: four for American Express, three otherwise. */
export function codeLength(number: string): number {
  return brandOf(number)?.code.size ?? 3;
}

/** What is wrong with each field, in words that say what to do. */
export function validate(values: Values): Errors {
  const entries = FIELD_ORDER.map((field) => [field, CHECKS[field](values)] as const);
  return Object.fromEntries(entries.filter(([, error]) => error !== null));
}

/** Deliberately lenient: only a message that arrives proves an address. */
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Twelve digits or more: whatever it is, it is no name. */
const CARD_NUMBER = /\d[\d -]{10,}\d/;

const CHECKS: Readonly<Record<FieldName, (values: Values) => string | null>> = {
  email: ({ email }) => (EMAIL.test(email.trim()) ? null : 'Enter an email address like name@example.com.'),
  number: ({ number }) => {
    if (number.trim() === '') return 'Enter the card number.';
    const digits = number.replace(/\D/g, '');
    if (validator.number(digits).isValid) return null;
    // A brand may have longer numbers too, but at a usual length a wrong check digit is the likelier mistake.
    const isWhole = brandOf(number)?.lengths.includes(digits.length) ?? false;
    return isWhole ? 'Check the card number: a digit seems to be wrong.' : 'The card number is not complete.';
  },
  expiry: ({ expiry }) => {
    if (expiry.trim() === '') return 'Enter the expiry date.';
    const parsed = parseExpiry(expiry);
    if (!parsed) return 'Enter the date as month and year, like 01 / 29.';
    const inTime = validator.expirationDate({ month: String(parsed.month), year: String(parsed.year) });
    return inTime.isValid ? null : 'This date has passed, or is too far away. Check month and year.';
  },
  cvc: ({ cvc, number }) => {
    const length = codeLength(number);
    if (cvc === '') return 'Enter the security code.';
    return validator.cvv(cvc, length).isValid ? null : `The security code has ${length} digits.`;
  },
  name: ({ name }) => {
    if (name.trim() === '') return 'Enter the name on the card.';
    return CARD_NUMBER.test(name) ? 'Enter the name on the card, not its number.' : null;
  },
  country: ({ country }) => (country === '' ? 'Choose the country of the billing address.' : null),
  postalCode: ({ postalCode, country }) => {
    if (!needsPostalCode(country) || postalCode.trim() !== '') return null;
    return country === 'US'
      ? 'Enter the ZIP code of the billing address.'
      : 'Enter the postcode of the billing address.';
  },
};
