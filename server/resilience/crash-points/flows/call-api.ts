import { formatMinor } from '#kernel';
import type { PaymentRequest } from '#payments';
import { API_KEY } from '../stage.ts';

/** A call of the REST API in this process. */
export async function callApi(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const request = new Request(`http://api.test/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  // Loaded by those who need it only: most of an actor's life is loading.
  const { api } = await import('#api');
  return api().fetch(request);
}

/** A call that waits for the outcome. Throws unless it is answered 2xx. */
export async function postApi(path: string, body: unknown, headers: Record<string, string> = {}): Promise<void> {
  const response = await callApi(path, body, { prefer: 'wait=10', ...headers });
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`);
}

/** A payment as the API takes it. */
export function paymentBody({ checkoutId, buyer, payment, orders }: PaymentRequest): object {
  return {
    checkout_id: checkoutId,
    buyer_info: { user_id: buyer.userId, email: buyer.email, name: buyer.name },
    credit_card_info: payment,
    payment_orders: orders.map((order) => ({
      payment_order_id: order.paymentOrderId,
      seller_account: order.sellerAccount,
      amount: formatMinor(order.amount.amountMinor, order.amount.currency),
      currency: order.amount.currency,
    })),
  };
}
