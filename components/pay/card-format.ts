import creditCardType from 'credit-card-type';

type Brand = ReturnType<typeof creditCardType>[number];

/** Brands the provider takes. Leaving the others out names a card by its first digits already. */
const ACCEPTED: ReadonlySet<string> = new Set([
  'visa',
  'mastercard',
  'american-express',
  'discover',
  'diners-club',
  'jcb',
  'unionpay',
]);

/** Longest number of any brand that the rules know. */
const MAX_DIGITS = 19;
const DEFAULT_GAPS: readonly number[] = [4, 8, 12];

/** The brand a number belongs to as soon as only one is left; null while several or none fit. */
export function brandOf(text: string): Brand | null {
  const digits = digitsOf(text);
  if (digits === '') return null;
  const [first, ...others] = creditCardType(digits).filter(({ type }) => ACCEPTED.has(type));
  return first && others.length === 0 ? first : null;
}

export interface Formatted {
  readonly text: string;
  readonly caret: number;
}

/**
 * Groups a card number the way its brand prints it, whatever separators were typed or pasted. The caret stays behind the
 * same digit, so editing in the middle works.
 */
export function formatCardNumber(text: string, caret: number): Formatted {
  const brand = brandOf(text);
  const gaps = brand?.gaps ?? DEFAULT_GAPS;
  const longest = brand ? Math.max(...brand.lengths) : MAX_DIGITS;
  const digits = digitsOf(text).slice(0, longest);
  const before = Math.min(digitsOf(text.slice(0, caret)).length, digits.length);
  const grouped = [...digits].map((digit, index) => (gaps.includes(index) ? ` ${digit}` : digit)).join('');
  const gapsBefore = gaps.filter((gap) => gap < before).length;
  return { text: grouped, caret: before + gapsBefore };
}

/**
 * Helps with the slash while an expiry date is typed forwards; while it is shortened nothing is added back.
 * "5" becomes "05 / ", "1/" becomes "01 / ", "0129" becomes "01 / 29"; what it cannot read it leaves alone.
 */
export function formatExpiry(text: string, previous: string): string {
  if (text.length <= previous.length) return text;
  const iso = /^(\d{4})-(\d{2})$/.exec(text);
  if (iso) return `${iso[2]} / ${iso[1]}`;
  const split = /^(\d{1,2})\s*[/\-. ]\s*(\d{0,4})$/.exec(text);
  if (split) return `${(split[1] ?? '').padStart(2, '0')} / ${split[2]}`;
  if (/^[2-9]$/.test(text)) return `0${text} / `;
  if (/^(0[1-9]|1[0-2])$/.test(text)) return `${text} / `;
  const run = /^(0[1-9]|1[0-2])(\d{1,4})$/.exec(text);
  return run ? `${run[1]} / ${run[2]}` : text;
}

export interface Expiry {
  readonly month: number;
  /** Four digits. */
  readonly year: number;
}

/** Reads "1/29", "01/29", "01 / 2029", "0129", "012029" and the like; null when it is not a month and a year. */
export function parseExpiry(text: string): Expiry | null {
  const compact = text.trim();
  const match = /^(\d{1,2})\s*[/\-. ]\s*(\d{4}|\d{2})$/.exec(compact) ?? /^(\d{1,2})(\d{4}|\d{2})$/.exec(compact);
  if (!match) return null;
  const month = Number(match[1]);
  const year = Number(match[2]);
  if (month < 1 || month > 12) return null;
  return { month, year: year < 100 ? 2000 + year : year };
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}
