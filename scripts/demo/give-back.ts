import { setTimeout as delay } from 'node:timers/promises';
import type { Payment } from './client.ts';
import type { Run } from './run.ts';

/** How long a refund or a bank's decision may take, in milliseconds: the simulated bank thinks for seconds. */
const DEADLINE_MS = 60_000;
const POLL_MS = 200;

interface Refund {
  readonly refund_id: string;
  readonly status: string;
  readonly seller_share: string;
  readonly commission_returned: string;
}

interface Dispute {
  readonly dispute_id: string;
  readonly status: string;
  readonly withdrawn: string | null;
  readonly fee: string | null;
  readonly reinstated: string | null;
}

/** Step 9: part of a paid order goes back, never more than was taken. */
export async function refundPart(run: Run): Promise<void> {
  const { api, report } = run;
  report.step('Refund: part of a paid order goes back');
  const id = await pay(run, 'tok_visa_4242');
  const headers = { 'idempotency-key': run.id('key') };
  const body = { amount: '10.00', currency: 'USD', reason: 'not_as_described' };
  const asked = await api.post<{ refunds: Refund[] }>(`/payments/${id}/refunds`, body, headers);
  const [refund] = asked.body.refunds;
  const made = await until(
    async () => (await api.get<Refund>(`/refunds/${refund?.refund_id}`)).body,
    ({ status }) => status === 'SUCCEEDED',
  );
  report.claim(made.status === 'SUCCEEDED', 'the provider gave back 10.00', made.status);
  report.claim(
    made.seller_share === '9.75' && made.commission_returned === '0.25',
    'the seller bears it, the platform its part of the commission',
    `${made.seller_share} and ${made.commission_returned}`,
  );
  const beyond = await api.post<{ code: string }>(`/payments/${id}/refunds`, { ...body, amount: '30.01' });
  report.claim(beyond.status === 409, 'more than is left is refused', `${beyond.status} ${beyond.body.code}`);
  await claimBalanced(run);
}

/** Step 10: banks take two payments back; one is won with evidence, one is lost. */
export async function answerDisputes(run: Run): Promise<void> {
  run.report.step('Disputes: one is won, one is lost');
  await dispute(run, 'winning_evidence', 'WON');
  await dispute(run, 'losing_evidence', 'LOST');
}

async function dispute(run: Run, evidence: string, end: 'WON' | 'LOST'): Promise<void> {
  const { api, report } = run;
  const id = await pay(run, 'tok_createDispute');
  const read = async () => (await api.get<{ disputes: Dispute[] }>(`/disputes?of=${id}`)).body.disputes[0];
  const opened = await until(read, (one) => one?.status === 'OPEN');
  report.claim(
    opened?.withdrawn === '40.00',
    'the bank disputes a payment: the amount and a fee are taken',
    `${opened?.withdrawn} and ${opened?.fee}`,
  );
  await api.post(`/disputes/${opened?.dispute_id}/evidence`, { evidence });
  const closed = await until(read, (one) => one?.status === end);
  report.claim(
    closed?.status === end && closed.reinstated === (end === 'WON' ? '40.00' : null),
    end === 'WON' ? 'evidence wins: the amount comes back' : 'evidence does not help: the buyer keeps the money',
    closed?.status,
  );
  await claimBalanced(run);
}

/** A paid order of 40.00; answers its id. */
async function pay({ api, payment }: Run, token: string): Promise<string> {
  const body = payment(token, ['40.00']);
  await api.post<Payment>('/payments', body, { prefer: 'wait=10' });
  return body.payment_orders[0]?.payment_order_id ?? '';
}

async function claimBalanced({ api, report }: Run): Promise<void> {
  const { body } = await api.get<{ balanced: boolean }>('/ledger/balance');
  report.claim(body.balanced, 'the books balance');
}

/** Reads again until it is so, or for so long; answers what was read last. */
async function until<Read>(read: () => Promise<Read>, isSo: (one: Read) => boolean): Promise<Read> {
  for (const deadline = performance.now() + DEADLINE_MS; ; await delay(POLL_MS)) {
    const one = await read();
    if (isSo(one) || performance.now() > deadline) return one;
  }
}
