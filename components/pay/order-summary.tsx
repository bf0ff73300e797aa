import { ChevronDown } from 'lucide-react';
import { formatMinorUnits } from '../money/format-amount.ts';
import type { PageLine, PaymentPage } from './simulator.ts';

/** What is paid and to whom. On a wide screen it is simply there; on a phone the total is, and the lines unfold. */
export function OrderSummary({ page }: { readonly page: PaymentPage }) {
  const total = formatMinorUnits(page.amount_total, page.currency);
  return (
    <>
      <div className="hidden lg:block">
        <p className="text-sm text-muted">Pay {page.merchant.name}</p>
        <p className="tabular mt-1 text-2xl font-semibold">{total}</p>
        <div className="mt-8">
          <Lines page={page} total={total} />
        </div>
      </div>
      <details className="group lg:hidden">
        <summary className="flex list-none items-center justify-between gap-4 rounded-md [&::-webkit-details-marker]:hidden">
          <span className="flex items-center gap-1.5 text-sm text-muted">
            <span>
              <span className="sr-only sm:not-sr-only">Pay </span>
              {page.merchant.name}
            </span>
            <ChevronDown aria-hidden className="size-4 transition-transform group-open:rotate-180" />
          </span>
          <span className="tabular text-lg font-semibold">{total}</span>
        </summary>
        <div className="mt-4 border-t border-line pt-4">
          <Lines page={page} total={total} />
        </div>
      </details>
    </>
  );
}

function Lines({ page, total }: { readonly page: PaymentPage; readonly total: string }) {
  return (
    <div className="text-sm">
      {groupBySeller(page.line_items).map(([seller, lines]) => (
        <section key={seller} className="mb-5">
          <h2 className="text-xs font-medium text-subtle">{seller}</h2>
          <ul>
            {lines.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a session's lines never change and may be equal.
              <li key={index} className="flex justify-between gap-4 py-1">
                <span className="min-w-0">
                  {line.description}
                  {line.quantity > 1 ? <span className="text-muted"> × {line.quantity}</span> : null}
                </span>
                <span className="tabular whitespace-nowrap">{formatMinorUnits(line.amount_total, page.currency)}</span>
              </li>
            ))}
          </ul>
        </section>
      ))}
      <p className="flex justify-between gap-4 border-t border-line-strong pt-3 font-semibold">
        <span>Total</span>
        <span className="tabular whitespace-nowrap">
          {total} <span className="text-xs font-normal text-subtle">{page.currency.toUpperCase()}</span>
        </span>
      </p>
    </div>
  );
}

function groupBySeller(lines: readonly PageLine[]): [string, PageLine[]][] {
  const groups = new Map<string, PageLine[]>();
  for (const line of lines) {
    const seller = line.seller ?? 'Your order';
    groups.set(seller, [...(groups.get(seller) ?? []), line]);
  }
  return [...groups];
}
