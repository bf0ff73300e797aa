import { CopyButton } from '../ui/copy-button.tsx';
import type { CheckoutView } from './checkout-view.ts';

/** The facts of a receipt. The time is UTC so that server and browser write the same. */
export function ReceiptFacts({ checkout }: { readonly checkout: CheckoutView }) {
  return (
    <dl className="grid gap-x-8 gap-y-3 border-b border-line px-4 py-4 text-sm sm:grid-cols-[1fr_auto] sm:px-5">
      <div className="min-w-0">
        <dt className="text-xs text-subtle">Reference</dt>
        <dd className="flex items-center gap-1">
          <span className="code-id">{checkout.checkoutId}</span>
          <CopyButton value={checkout.checkoutId} label="Copy reference" />
        </dd>
      </div>
      <div>
        <dt className="text-xs text-subtle">Date</dt>
        <dd className="tabular leading-7">
          <time dateTime={checkout.createdAt}>{writeTime(checkout.createdAt)}</time>
        </dd>
      </div>
      <div className="min-w-0 sm:col-span-2">
        <dt className="text-xs text-subtle">Paid by</dt>
        <dd className="break-words">
          {checkout.buyer.name} · <span className="text-muted">{checkout.buyer.email}</span>
        </dd>
      </div>
    </dl>
  );
}

function writeTime(iso: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
  return `${format.format(new Date(iso))} UTC`;
}
