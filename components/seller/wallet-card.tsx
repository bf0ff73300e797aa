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
      {balance.pendingParts.length > 0 ? <PendingParts balance={balance} /> : null}
    </Card>
  );
}

/** Days shown on the card; of those after them only the number is told. */
const DAYS = 4;
const DAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' });

/** When each part of what is pending can be paid out. */
function PendingParts({ balance }: { readonly balance: Balance }) {
  const { currency, pendingParts } = balance;
  const shown = pendingParts.slice(0, DAYS);
  return (
    <section aria-label={`Pending in ${currency}, by day`} className="border-t border-line px-4 py-3 sm:px-5">
      <h3 className="text-xs text-subtle">When pending money becomes available</h3>
      <ul className="mt-2 grid gap-1.5">
        {shown.map(({ availableOn, amount }) => (
          <li
            key={availableOn?.toISOString() ?? 'none'}
            className="flex flex-wrap items-baseline justify-between gap-x-4"
          >
            <span className="text-sm text-muted">
              {availableOn ? (
                <time dateTime={availableOn.toISOString()}>{DAY.format(availableOn)}</time>
              ) : (
                'The provider has not said yet'
              )}
            </span>
            <Amount value={amount} currency={currency} className="text-sm" />
          </li>
        ))}
      </ul>
      {pendingParts.length > DAYS ? (
        <p className="mt-2 text-xs text-subtle">
          And {pendingParts.length - DAYS} {pendingParts.length - DAYS === 1 ? 'later day' : 'later days'}.
        </p>
      ) : null}
    </section>
  );
}
