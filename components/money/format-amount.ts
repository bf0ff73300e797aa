const formatters = new Map<string, Intl.NumberFormat>();

function formatter(currency: string, locale: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`;
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(locale, { style: 'currency', currency });
  formatters.set(key, made);
  return made;
}

/**
 * Writes a decimal string such as "29.99" for people: "$29.99". Intl is fed the string itself, so no digit is lost at any
 * size, and the currency's own number of decimals is used (JPY 0, KWD 3). Minus is U+2212.
 */
export function formatAmount(value: string, currency: string, locale = 'en-US'): string {
  return formatter(currency, locale)
    .format(value as Intl.StringNumericLiteral)
    .replace('-', '\u2212');
}

/** Writes integer minor units (cents, yen) for people: 6599 USD is "$65.99". For wire formats that count in minor units. */
export function formatMinorUnits(minor: number, currency: string, locale = 'en-US'): string {
  const code = currency.toUpperCase();
  const decimals = formatter(code, locale).resolvedOptions().maximumFractionDigits ?? 2;
  const digits = String(Math.abs(minor)).padStart(decimals + 1, '0');
  const split = digits.length - decimals;
  const fraction = decimals > 0 ? `.${digits.slice(split)}` : '';
  return formatAmount(`${minor < 0 ? '-' : ''}${digits.slice(0, split)}${fraction}`, code, locale);
}
