import type { Claim } from './claims.ts';
import { MERCHANT_CLAIMS } from './merchant-claims.ts';
import { MONEY_CLAIMS } from './money-claims.ts';
import { PAYMENT_CLAIMS } from './payment-claims.ts';

export const CLAIMS: readonly Claim[] = [...PAYMENT_CLAIMS, ...MERCHANT_CLAIMS, ...MONEY_CLAIMS];

const BEGIN = '<!-- fidelity: written by npm run psp-fidelity -->';
const END = '<!-- end of fidelity -->';

/** The page with the table of all claims between its markers. Throws when it has none. */
export function withFidelity(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('the page has no place for the table of fidelity');
  return `${before}${BEGIN}\n${table()}\n${END}${after}`;
}

function table(): string {
  const rows = CLAIMS.map(({ endpoint, level, note }) => `| \`${endpoint}\` | ${note ? `${level}: ${note}` : level} |`);
  return ['| endpoint | fidelity |', '|---|---|', ...rows].join('\n');
}
