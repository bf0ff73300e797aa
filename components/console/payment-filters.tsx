'use client';

import { LoaderCircle, Search, X } from 'lucide-react';
import Link from 'next/link';
import { debounce, useQueryStates } from 'nuqs';
import { useTransition } from 'react';
import { cn } from '../ui/cn.ts';
import { Input } from '../ui/input.tsx';
import { paymentParsers, paymentSearchUrl, STATUS_TABS, type StatusTab } from './payment-search.ts';

/** How long typing has to rest before the list follows, in milliseconds. */
const TYPING_REST_MS = 300;

export interface PaymentFiltersProps {
  /** Address of the list. */
  readonly path: string;
  /** What the search box understands. */
  readonly hint: string;
}

/** Status tabs and search over a list of payments; both live in the address. */
export function PaymentFilters({ path, hint }: PaymentFiltersProps) {
  const [loading, startTransition] = useTransition();
  const [{ status, q }, setSearch] = useQueryStates(paymentParsers, { shallow: false, startTransition });
  const search = (value: string, wait: number) =>
    void setSearch({ q: value || null, cursor: null }, { limitUrlUpdates: debounce(wait) });
  return (
    <div className="flex flex-col-reverse gap-3 border-b border-line px-3 pt-3 md:flex-row md:items-start md:justify-between">
      <nav aria-label="Status" className="-mb-px flex gap-4 overflow-x-auto px-1">
        {(Object.keys(STATUS_TABS) as StatusTab[]).map((tab) => (
          <Link
            key={tab}
            href={paymentSearchUrl(path, { status: tab, q, cursor: null })}
            aria-current={tab === status ? 'page' : undefined}
            className={cn(
              'flex h-10 shrink-0 items-center border-b-2 border-transparent text-sm text-muted -outline-offset-2 hover:text-ink',
              tab === status && 'border-accent font-medium text-ink',
            )}
          >
            {STATUS_TABS[tab].word}
          </Link>
        ))}
      </nav>
      <search className="shrink-0 md:w-72">
        <form
          action={path}
          className="relative"
          onSubmit={(event) => {
            event.preventDefault();
            search(q, 0);
          }}
        >
          {status === 'all' ? null : <input type="hidden" name="status" value={status} />}
          {loading ? (
            <LoaderCircle aria-hidden className="absolute inset-s-2.5 top-2 size-4 animate-spin text-subtle" />
          ) : (
            <Search aria-hidden className="absolute inset-s-2.5 top-2 size-4 text-subtle" />
          )}
          <Input
            name="q"
            size="sm"
            aria-label="Search payments"
            placeholder={hint}
            maxLength={255}
            autoComplete="off"
            spellCheck={false}
            value={q}
            onChange={(event) => search(event.target.value, TYPING_REST_MS)}
            className="ps-8 pe-8"
          />
          {q ? (
            <button
              type="button"
              aria-label="Clear the search"
              onClick={() => search('', 0)}
              className="absolute inset-e-1 top-1 flex size-6 items-center justify-center rounded-sm text-subtle hover:bg-hover hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </button>
          ) : null}
        </form>
      </search>
    </div>
  );
}
