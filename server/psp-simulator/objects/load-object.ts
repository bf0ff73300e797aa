import { renderTransaction } from '../books/render-transaction.ts';
import { findTestMethod } from '../cards/test-methods.ts';
import { renderCharge } from '../charges/render-charge.ts';
import type {
  BookTransactionRow,
  ChargeRow,
  DisputeRow,
  EndpointRow,
  IntentRow,
  PaymentMethodRow,
  RefundRow,
  SessionRow,
} from '../database/rows.ts';
import type { Reader } from '../database/store.ts';
import { showDispute } from '../disputes/move-dispute.ts';
import { renderIntent } from '../intents/render-intent.ts';
import { renderRefund } from '../refunds/render-refund.ts';
import { renderSession } from '../sessions/render-session.ts';
import { renderPaymentMethod } from '../vault/render-payment-method.ts';
import { renderEndpoint } from '../webhooks/endpoint-handlers.ts';

type Load = (reader: Reader, id: string) => Promise<object | undefined>;

function fromTable<Row extends object>(table: string, render: (row: Row) => object): Load {
  const text = `select * from ${table} where id = $1`;
  return async (reader, id) => {
    const [row] = await reader.rows<Row>(`load_${table}`, text, [id]);
    return row && render(row);
  };
}

const methodFromTable = fromTable<PaymentMethodRow>('payment_methods', renderPaymentMethod);

/** How an object is found by the prefix of its id. */
const LOADERS: Readonly<Record<string, Load>> = {
  pi: fromTable<IntentRow>('payment_intents', renderIntent),
  ch: fromTable<ChargeRow>('charges', renderCharge),
  re: fromTable<RefundRow>('refunds', renderRefund),
  cs: fromTable<SessionRow>('checkout_sessions', renderSession),
  we: fromTable<EndpointRow>('webhook_endpoints', renderEndpoint),
  txn: fromTable<BookTransactionRow>('book_transactions', renderTransaction),
  du: async (reader, id) => {
    const text = 'select * from disputes where id = $1';
    const [dispute] = await reader.rows<DisputeRow>('dispute', text, [id]);
    return dispute && showDispute(dispute, reader);
  },
  pm: async (reader, id) => {
    const fixed = findTestMethod(id);
    return fixed ? renderPaymentMethod(fixed.row) : methodFromTable(reader, id);
  },
};

/** The object of an id in wire form, or undefined when there is none. */
export async function loadObject(reader: Reader, id: string): Promise<object | undefined> {
  const prefix = id.slice(0, id.indexOf('_'));
  return Object.hasOwn(LOADERS, prefix) ? LOADERS[prefix]?.(reader, id) : undefined;
}
