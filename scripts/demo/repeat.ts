import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Order, Payment } from './client.ts';
import type { Run } from './run.ts';

const AT_ONCE = 50;
const GOOD_CARD = 'tok_visa_4242';
/** How long an error that passes may take to pass: the first pauses are one and two seconds. */
const RECOVERY_DEADLINE_MS = 20_000;
const POLL_MS = 200;

/** Step 6: whoever asks twice is charged once. */
export async function repeatRequests(run: Run): Promise<void> {
  const { api, report } = run;
  report.step('Idempotency: the same request again changes nothing');
  const body = run.payment(GOOD_CARD, ['19.99']);
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => api.post<Payment>('/payments', body)));
  report.claim(
    new Set(answers.map(({ text }) => text)).size === 1,
    `${AT_ONCE} of the same request at once get one answer`,
    answers[0]?.body.payment_orders[0]?.status,
  );
  const again = await api.post<Payment>('/payments', body);
  report.claim(again.headers.get('idempotent-replayed') === 'true', 'a later repetition is marked as a replay');
  const order = await readOrder(run, body.payment_orders[0]?.payment_order_id ?? '');
  report.claim(order.attempts === 1, 'the card was charged once', `${order.attempts} attempt`);
  const { balance } = (await api.get<{ balance: string }>(`/wallets/${body.payment_orders[0]?.seller_account}`)).body;
  await api.post<Payment>('/payments', body);
  const after = (await api.get<{ balance: string }>(`/wallets/${body.payment_orders[0]?.seller_account}`)).body;
  report.claim(balance === after.balance, "and the seller's wallet stays as it was", after.balance);

  const other = { ...body, payment_orders: body.payment_orders.map((one) => ({ ...one, amount: '1.00' })) };
  const refused = await api.post<{ code: string }>('/payments', other);
  report.claim(
    refused.status === 409,
    'the same id with another amount is refused',
    `${refused.status} ${refused.body.code}`,
  );

  const keyed = run.payment(GOOD_CARD, ['4.35']);
  const headers = { 'idempotency-key': run.id('key') };
  const first = await api.post<Payment>('/payments', keyed, headers);
  const second = await api.post<Payment>('/payments', keyed, headers);
  report.claim(
    first.text === second.text && second.headers.get('idempotent-replayed') === 'true',
    'an Idempotency-Key replays its answer byte for byte',
  );
}

/** Step 7: a decline is retried with another card, an error that passes is retried by the system itself. */
export async function retryPayments(run: Run): Promise<void> {
  const { api, report } = run;
  report.step('Retry: failed payments');
  const body = run.payment('tok_chargeDeclined', ['12.00']);
  const id = body.payment_orders[0]?.payment_order_id ?? '';
  const declined = await api.post<Payment>('/payments', body);
  const [order] = declined.body.payment_orders;
  report.claim(
    order?.status === 'FAILED',
    'a declined card fails the order, for good',
    `${order?.status}, ${order?.decline_code}`,
  );
  const retried = await api.post<Payment>(
    `/payments/${id}/retry`,
    { credit_card_info: { token: GOOD_CARD } },
    { prefer: 'wait=10' },
  );
  report.claim(
    retried.body.payment_orders[0]?.status === 'SUCCESS',
    'a retry with a good card succeeds',
    `attempt ${(await readOrder(run, id)).attempts}`,
  );
  const twice = await api.post<{ code: string }>(`/payments/${id}/retry`, { credit_card_info: { token: GOOD_CARD } });
  report.claim(twice.status === 409, 'a paid order cannot be paid again', `${twice.status} ${twice.body.code}`);

  for (const [token, what] of [
    ['tok_server_error_once', 'a server error of the provider'],
    ['tok_rate_limited_once', 'a rate limit of the provider'],
    ['tok_answer_lost', 'an answer lost after the charge'],
  ] as const) {
    const { body: sent, answer } = await send(run, token);
    const started = performance.now();
    const [first] = answer.body.payment_orders;
    const orderId = sent.payment_orders[0]?.payment_order_id ?? '';
    const settled = await untilSettled(run, orderId);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    report.claim(
      settled.status === 'SUCCESS' && settled.attempts === 1,
      `${what} recovers by itself, under the same key`,
      `${first?.status} → ${settled.status} after ${seconds} s`,
    );
  }
}

async function send(run: Run, token: string): Promise<{ body: ReturnType<Run['payment']>; answer: Answer<Payment> }> {
  const body = run.payment(token, ['7.77']);
  return { body, answer: await run.api.post<Payment>('/payments', body, { prefer: 'respond-async' }) };
}

async function readOrder(run: Run, id: string): Promise<Order> {
  return (await run.api.get<Order>(`/payments/${id}`)).body;
}

async function untilSettled(run: Run, id: string): Promise<Order> {
  const deadline = performance.now() + RECOVERY_DEADLINE_MS;
  for (;;) {
    const order = await readOrder(run, id);
    if (order.status !== 'EXECUTING' || performance.now() > deadline) return order;
    await delay(POLL_MS);
  }
}
