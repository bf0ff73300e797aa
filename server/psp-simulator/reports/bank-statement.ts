import { type CurrencyCode, formatMinor } from '#kernel';
import type { BankLineRow } from '../database/money-rows.ts';
import type { Reader } from '../database/store.ts';
import { CONTROL, plainText, type Report } from './report.ts';

/** Lines read at a time. */
const PAGE = 1_000;
const COLUMNS = ['date', 'amount', 'currency', 'reference', 'details', 'balance'];

const OPENING = `select coalesce(sum(amount), 0)::text as balance from bank_lines where currency = $1 and at < $2`;
const LINES = `
  select * from bank_lines
  where currency = $1 and at >= $2 and at < $2 + 86400 and (at, id) > ($3, $4) order by at, id limit $5`;

type Line = BankLineRow & { readonly balance: bigint };

interface Total {
  readonly lines: number;
  readonly sum: bigint;
}

/**
 * The platform's bank statement of a day (Unix seconds of its midnight UTC): what arrived from payouts, what was sent back, what
 * transfers took and brought home, each with the balance after it. Its control row has the sum, the count, the opening and the
 * closing balance.
 */
export async function bankStatement(reader: Reader, currency: string, day: number): Promise<Report<Line, Total>> {
  const money = (minor: bigint | number) => formatMinor(BigInt(minor), currency.toUpperCase() as CurrencyCode);
  const date = new Date(day * 1_000).toISOString().slice(0, 10);
  const [before] = await reader.rows<{ balance: string }>('opening_balance', OPENING, [currency, day]);
  const opening = BigInt(before?.balance ?? '0');
  return {
    columns: COLUMNS,
    rows: () => linesOf(reader, currency, day, opening),
    cells: ({ amount, reference, details, balance }) => [
      ...[date, money(amount), currency, reference, plainText(details), money(balance)],
    ],
    start: { lines: 0, sum: 0n },
    add: ({ lines, sum }, { amount }) => ({ lines: lines + 1, sum: sum + BigInt(amount) }),
    control: ({ lines, sum }) => [
      ...[CONTROL, money(sum), currency, String(lines), money(opening), money(opening + sum)],
    ],
    oneMore: (line) => ({ ...line, amount: line.amount + 1 }),
    stranger: (line) => ({ ...line, amount: 100, reference: 'po_unknown', details: null }),
  };
}

async function* linesOf(reader: Reader, currency: string, day: number, opening: bigint): AsyncGenerator<Line> {
  let balance = opening;
  let after: readonly [number, string] = [day, ''];
  for (;;) {
    const page = await reader.rows<BankLineRow>('statement_lines', LINES, [currency, day, ...after, PAGE]);
    for (const line of page) {
      balance += BigInt(line.amount);
      yield { ...line, balance };
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = [last.at, last.id];
  }
}
