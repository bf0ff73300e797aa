import luhn from 'fast-luhn';

/**
 * What could be a card number: 13 to 19 digits that stand alone, plain or in the groups that cards are printed in (4-4-4-…, 4-6-5).
 * Digits next to letters are part of an id such as a hexadecimal UUID. Payment cards begin with 2 to 6 (ISO/IEC 7812), which
 * leaves times in milliseconds, a common ingredient of ids, alone.
 */
const CANDIDATES =
  /(?<![A-Za-z0-9])[2-6]\d{12,18}(?![A-Za-z0-9])|(?<![\w-])[2-6]\d{3}([ -])(?:\d{4}\1\d{4}\1\d{1,7}|\d{6}\1\d{5})(?![\w-])/g;

/** Whether a text holds what passes for a card number (Luhn check digit included). */
export function hasCardNumber(text: string): boolean {
  if (text.length < 13) return false;
  return [...text.matchAll(CANDIDATES)].some(([digits]) => passesLuhn(digits));
}

/** The text with every card number in it replaced. */
export function hideCardNumbers(text: string): string {
  return text.replace(CANDIDATES, (digits) => (passesLuhn(digits) ? '[card number]' : digits));
}

function passesLuhn(digits: string): boolean {
  return luhn(digits.replaceAll(/[ -]/g, ''));
}
