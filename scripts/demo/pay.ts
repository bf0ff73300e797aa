import type { Payment } from './client.ts';
import type { PaymentBody, Run } from './run.ts';

const PAYMENTS = 20;
/** Every tenth card has no money: the 90 % of the documentation, chosen by the card so that every run is the same. */
const DECLINED_EACH = 10;
const GOOD_CARD = 'tok_visa_4242';
const EMPTY_CARD = 'tok_visa_chargeDeclinedInsufficientFunds';

/** Step 1: one checkout with an order for each of two sellers. */
export async function createPaymentEvent(run: Run): Promise<void> {
  const { api, report } = run;
  report.step('Payment event: one checkout with several orders');
  const body = run.payment(GOOD_CARD, ['29.99', '15.50']);
  const answer = await api.post<Payment>('/payments', body);
  const { payment_event_status: status, payment_orders: orders } = answer.body;
  report.say(`POST /api/v1/payments → ${answer.status}, ${body.checkout_id} is ${status}`);
  for (const order of orders)
    report.say(`${order.payment_order_id}: ${order.amount} ${order.currency} ${order.status}`);
  report.claim(answer.status === 202, 'the payment is accepted with 202', `${answer.status}`);
  report.claim(
    orders.every((order) => order.status === 'SUCCESS'),
    'both orders are charged',
  );
  report.claim(
    orders.every((order) => order.wallet_updated && order.ledger_updated),
    'wallet and ledger moved with them',
  );
  const read = await api.get<Payment>(`/payments/${body.checkout_id}`);
  report.claim(
    read.body.payment_event_status === 'COMPLETED',
    'the event is COMPLETED',
    read.body.payment_event_status,
  );
  run.charged(body, orders);
}

interface Bulk {
  readonly results: readonly { status: number; payment?: Payment }[];
}

/** Step 2: twenty payments, of which the provider declines two. */
export async function executePayments(run: Run): Promise<void> {
  const { api, report } = run;
  report.step(`Payment execution: ${PAYMENTS} payments through the payment provider`);
  const payments: PaymentBody[] = Array.from({ length: PAYMENTS }, (_, index) =>
    run.payment((index + 1) % DECLINED_EACH === 0 ? EMPTY_CARD : GOOD_CARD, [
      `${10 + index}.${String((index * 37) % 100).padStart(2, '0')}`,
    ]),
  );
  const { body } = await api.post<Bulk>('/payments/bulk', { payments }, { prefer: 'wait=20' });
  const orders = body.results.flatMap(({ payment }) => payment?.payment_orders ?? []);
  const succeeded = orders.filter(({ status }) => status === 'SUCCESS').length;
  const declined = orders.filter(({ status }) => status === 'FAILED');
  report.say(`${succeeded} of ${orders.length} succeeded: ${(100 * succeeded) / orders.length} %`);
  report.say(
    'Which ones fail is the choice of their cards. PSP_FAILURE_RATE=0.1 makes the simulator decline one in ten at random.',
  );
  report.claim(orders.length === PAYMENTS, 'every payment has an answer', `${orders.length}`);
  report.claim(succeeded === PAYMENTS - PAYMENTS / DECLINED_EACH, '90 % succeed', `${succeeded} of ${PAYMENTS}`);
  const codes = declined.map((order) => order.decline_code);
  report.claim(
    codes.every((code) => code === 'insufficient_funds'),
    'each decline says why',
    [...new Set(codes)].join(', '),
  );
  report.claim(
    declined.every((order) => !order.wallet_updated && !order.ledger_updated),
    'a declined order moves no money',
  );
  for (const payment of payments) run.charged(payment, orders);
}
