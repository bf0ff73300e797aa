import { Amount } from '../money/amount.tsx';

const LINES = [
  { account: 'buyer:ada', words: 'The shopper pays', debit: '65.99', credit: null },
  { account: 'seller_pending:alder', words: 'A bowl, less 2.5 %', debit: null, credit: '29.25' },
  { account: 'seller_pending:tidewater', words: 'A cap, less 3 %', debit: null, credit: '34.92' },
  { account: 'platform_fees', words: 'The market earns', debit: null, credit: '1.82' },
] as const;

/** One checkout as the ledger books it. The figures are the real split of two demo products. */
export function LedgerExample() {
  return (
    <figure className="rounded-lg border border-line bg-surface">
      <figcaption className="flex items-center justify-between gap-4 border-b border-line px-4 py-3 text-sm">
        <span className="font-semibold">One checkout, two sellers</span>
        <span className="text-xs text-subtle">as the ledger books it</span>
      </figcaption>
      <table className="w-full text-sm">
        <thead>
          <tr className="text-xs text-subtle">
            <th scope="col" className="px-4 pt-3 pb-1 text-start font-medium">
              Account
            </th>
            <th scope="col" className="px-2 pt-3 pb-1 text-end font-medium">
              Debit
            </th>
            <th scope="col" className="px-4 pt-3 pb-1 text-end font-medium">
              Credit
            </th>
          </tr>
        </thead>
        <tbody className="[&>tr:last-child>*]:pb-3">
          {LINES.map((line) => (
            <tr key={line.account}>
              <th scope="row" className="px-4 py-1.5 text-start font-normal">
                <span className="code-id block text-xs">{line.account}</span>
                <span className="block text-xs text-subtle">{line.words}</span>
              </th>
              <td className="px-2 py-1.5 text-end">
                {line.debit ? <Amount value={line.debit} currency="USD" /> : null}
              </td>
              <td className="px-4 py-1.5 text-end">
                {line.credit ? <Amount value={line.credit} currency="USD" /> : null}
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="font-semibold">
            <th scope="row" className="border-t border-line px-4 py-3 text-start text-positive-text">
              Balanced
            </th>
            <td className="border-t border-line px-2 py-3 text-end">
              <Amount value="65.99" currency="USD" />
            </td>
            <td className="border-t border-line px-4 py-3 text-end">
              <Amount value="65.99" currency="USD" />
            </td>
          </tr>
        </tfoot>
      </table>
    </figure>
  );
}
