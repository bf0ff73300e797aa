import { renderTransaction } from '../books/render-transaction.ts';
import { findTestMethod } from '../cards/test-methods.ts';
import { renderCharge } from '../charges/render-charge.ts';
import type { BookTransactionRow, ChargeRow, IntentRow, PaymentMethodRow, SessionRow } from '../database/rows.ts';
import type { Store } from '../database/store.ts';
import { renderIntent } from '../intents/render-intent.ts';
import { renderSession } from '../sessions/render-session.ts';
import { renderPaymentMethod } from '../vault/render-payment-method.ts';

type Load = (store: Store, id: string) => Promise<object | undefined>;

function fromTable<Row extends object>(table: string, render: (row: Row) => object): Load {
  const text = `select * from ${table} where id = $1`;
  return async (store, id) => {
    const [row] = await store.rows<Row>(`load_${table}`, text, [id]);
    return row && render(row);
  };
}

const methodFromTable = fromTable<PaymentMethodRow>('payment_methods', renderPaymentMethod);

/** How an object is found by the prefix of its id. */
const LOADERS: Readonly<Record<string, Load>> = {
  pi: fromTable<IntentRow>('payment_intents', renderIntent),
  ch: fromTable<ChargeRow>('charges', renderCharge),
  cs: fromTable<SessionRow>('checkout_sessions', renderSession),
  txn: fromTable<BookTransactionRow>('book_transactions', renderTransaction),
  pm: async (store, id) => {
    const fixed = findTestMethod(id);
    return fixed ? renderPaymentMethod(fixed.row) : methodFromTable(store, id);
  },
};

/** The object of an id in wire form, or undefined when there is none. */
export async function loadObject(store: Store, id: string): Promise<object | undefined> {
  const prefix = id.slice(0, id.indexOf('_'));
  return Object.hasOwn(LOADERS, prefix) ? LOADERS[prefix]?.(store, id) : undefined;
}
