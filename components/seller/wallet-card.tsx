import { Equal, Plus } from 'lucide-react';
import Link from 'next/link';
import { Fragment } from 'react';
import type { RouterOutputs } from '#trpc';
import { Amount } from '../money/amount.tsx';
import { Card } from '../ui/card.tsx';
import { PART_WORDS, type Part, statementUrl } from './statement-search.ts';

type Balance = RouterOutputs['seller']['wallet']['balances'][number];

const PARTS: readonly Part[] = ['available', 'pending', 'inPayout', 'reserved'];

/** One currency of a wallet: four numbers that add up, each leading to the lines that make it. */
export function WalletCard({ balance }: { readonly balance: Balance }) {
  const { currency, total } = balance;
  return (
    <Card aria-label={`Balance in ${currency}`}>
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 border-b border-line px-4 py-4 sm:px-5">
        <h2 className="text-sm font-medium text-muted">
          Total in <abbr className="no-underline">{currency}</abbr>
        </h2>
        <Link
          href={statementUrl('/seller/statement', {})}
          className="rounded-sm text-xl font-semibold hover:text-accent-text"
        >
          <Amount value={total} currency={currency} />
        </Link>
      </div>
      <dl className="grid grid-cols-2 md:grid-cols-4">
        {PARTS.map((part, index) => (
          <Fragment key={part}>
            <div className="relative border-line p-4 hover:bg-hover max-md:nth-[n+3]:border-t max-md:even:border-s sm:px-5 md:not-first:border-s">
              <dt className="flex items-center gap-1.5 text-sm text-muted">
                {index === 0 ? (
                  <Equal aria-hidden className="size-3.5 text-subtle" />
                ) : (
                  <Plus aria-hidden className="size-3.5 text-subtle" />
                )}
                <Link
                  href={statementUrl('/seller/statement', { part, currency })}
                  className="after:absolute after:inset-0"
                >
                  {PART_WORDS[part].name}
                </Link>
              </dt>
              <dd className="mt-1 text-base font-semibold sm:text-lg">
                <Amount value={balance[part]} currency={currency} />
              </dd>
              <dd className="mt-1 text-xs text-subtle">{PART_WORDS[part].meaning}</dd>
            </div>
          </Fragment>
        ))}
      </dl>
    </Card>
  );
}
