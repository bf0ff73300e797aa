import { type CurrencyCode, formatMinor } from '#kernel';
import { categoryOf } from '../books/render-transaction.ts';
import type { BookTransactionRow } from '../database/rows.ts';
import type { Reader } from '../database/store.ts';
import { CONTROL, plainText, type Report } from './report.ts';

/** Rows read at a time. */
const PAGE = 1_000;
const COLUMNS = [
  ...['automatic_payout_id', 'balance_transaction_id', 'created', 'available_on', 'currency', 'gross', 'fee', 'net'],
  ...['reporting_category', 'source_id', 'charge_id', 'payment_intent_id', 'payment_metadata[order_ids]'],
];

const PAYOUTS = `
  select id from payouts
  where automatic and owner is null and currency = $1 and arrival_date >= $2 and arrival_date < $2 + 86400 order by id`;

const ITEMS = `
  select t.*, i.payout, c.id as charge, c.payment_intent, c.metadata ->> 'order_ids' as order_ids
  from payout_items i join book_transactions t on t.id = i.transaction
  left join refunds r on r.id = t.source
  left join charges c on c.id = coalesce(r.charge, t.source)
  where i.payout = $1 and i.transaction > $2 and t.type <> 'payout'
  order by i.transaction limit $3`;

type Item = BookTransactionRow & {
  readonly payout: string;
  readonly charge: string | null;
  readonly payment_intent: string | null;
  readonly order_ids: string | null;
};

interface Total {
  readonly rows: number;
  readonly gross: bigint;
  readonly fee: bigint;
  readonly net: bigint;
}

/**
 * The settlement file: what the automatic payouts consist of that arrive on a day (Unix seconds of its midnight UTC), one row per
 * balance transaction, as Stripe's itemised payout reconciliation report. Its control row counts the rows and sums gross, fee and net.
 */
export function settlementFile(reader: Reader, currency: string, day: number): Report<Item, Total> {
  const money = (minor: bigint | number) => formatMinor(BigInt(minor), currency.toUpperCase() as CurrencyCode);
  return {
    columns: COLUMNS,
    rows: () => itemsOf(reader, currency, day),
    cells: (item) => [
      ...[item.payout, item.id, timeOf(item.created), timeOf(item.available_on), currency],
      ...[money(item.amount), money(item.fee), money(item.net), categoryOf(item), item.source],
      ...[item.charge ?? '', item.payment_intent ?? '', plainText(item.order_ids)],
    ],
    start: { rows: 0, gross: 0n, fee: 0n, net: 0n },
    add: ({ rows, gross, fee, net }, item) => ({
      rows: rows + 1,
      gross: gross + BigInt(item.amount),
      fee: fee + BigInt(item.fee),
      net: net + BigInt(item.net),
    }),
    control: ({ rows, gross, fee, net }) => [
      ...[CONTROL, String(rows), '', '', currency, money(gross), money(fee), money(net), '', '', '', '', ''],
    ],
    oneMore: (item) => ({ ...item, amount: item.amount + 1, net: item.net + 1 }),
    stranger: (item) => ({
      ...item,
      id: `${item.id}_unknown`,
      source: 'ch_unknown',
      charge: 'ch_unknown',
      payment_intent: 'pi_unknown',
      order_ids: null,
      amount: 100,
      fee: 0,
      net: 100,
    }),
  };
}

async function* itemsOf(reader: Reader, currency: string, day: number): AsyncGenerator<Item> {
  for (const { id } of await reader.rows<{ id: string }>('payouts_of_day', PAYOUTS, [currency, day])) {
    for (let after = ''; ; ) {
      const page = await reader.rows<Item>('items_of_payout', ITEMS, [id, after, PAGE]);
      yield* page;
      const last = page.at(-1);
      if (!last || page.length < PAGE) break;
      after = last.id;
    }
  }
}

/** UTC, as Stripe's reports write it. */
function timeOf(unix: number): string {
  return new Date(unix * 1_000).toISOString().slice(0, 19).replace('T', ' ');
}
