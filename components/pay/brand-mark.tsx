import { CreditCard } from 'lucide-react';
import { brandOf } from './card-format.ts';

const SHORT: Readonly<Record<string, string>> = {
  'american-express': 'Amex',
  'diners-club': 'Diners',
};

/** The brand in plain letters. Networks' logos are theirs; the word is what helps. */
export function BrandMark({ number }: { readonly number: string }) {
  const brand = brandOf(number);
  return (
    <span className="pointer-events-none absolute inset-e-3 top-1/2 flex h-6 -translate-y-1/2 items-center text-subtle">
      {brand ? (
        <span
          aria-hidden
          className="rounded-sm border border-line-strong bg-sunken px-1.5 text-xs leading-5 font-semibold tracking-wide text-muted"
        >
          {SHORT[brand.type] ?? brand.niceType}
        </span>
      ) : (
        <CreditCard aria-hidden className="size-5" />
      )}
      <span role="status" className="sr-only">
        {brand ? `${brand.niceType} card` : ''}
      </span>
    </span>
  );
}
