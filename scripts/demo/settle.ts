import { setTimeout as delay } from 'node:timers/promises';
import { config } from '#config';
import type { Payment } from './client.ts';
import { CURRENCY, type Run } from './run.ts';

const DAY_SECONDS = 86_400;
/** Longer than the provider's two business days, whatever the day. */
const DAYS = 5;
/** How long the worker may take: it reads the provider's list at least every half minute. */
const DEADLINE_MS = 60_000;
const POLL_MS = 300;

interface Wallet {
  readonly balances: readonly {
    readonly available: string;
    readonly pending: string;
    readonly pending_parts: readonly { readonly available_on: string | null; readonly amount: string }[];
  }[];
}

interface Why {
  readonly amount: string;
  readonly items: readonly { readonly source_id: string; readonly amount: string }[];
}

interface BooksBalance {
  readonly balanced: boolean;
}

/** Step 8: the provider settles, its clock moves on, and what was pending can be paid out. */
export async function settle(run: Run): Promise<void> {
  const { api, report } = run;
  report.step('Settlement: settled and available');
  const seller = `seller_${run.id('settled')}`;
  const body = run.payment('tok_visa_4242', ['29.99']);
  const orders = body.payment_orders.map((order) => ({ ...order, seller_account: seller }));
  await api.post<Payment>('/payments', { ...body, payment_orders: orders }, { prefer: 'wait=10' });
  const dated = await until(run, seller, ({ pending_parts: [part] }) => part?.available_on != null);
  const [part] = dated?.pending_parts ?? [];
  report.claim(
    dated?.pending === '29.25' && part?.amount === '29.25',
    'what was earned is pending, and has the day on which it can be paid out',
    part?.available_on ?? undefined,
  );
  if (config().PSP_MODE !== 'simulator') return;
  await moveClock(DAYS * DAY_SECONDS);
  report.say(`The simulator's clock is ${DAYS} days further.`);
  const settled = await until(run, seller, ({ available }) => available === '29.25');
  report.claim(
    settled?.available === '29.25' && settled.pending === '0.00',
    'the charge is settled, and all of it is available',
    `${settled?.available} ${CURRENCY} available, ${settled?.pending} pending`,
  );
  const { body: why } = await api.get<Why>(`/wallets/${seller}/why?part=available&currency=${CURRENCY}`);
  report.claim(
    why.items.length === 1 && why.items[0]?.source_id === orders[0]?.payment_order_id,
    'the wallet tells which order made it available',
    why.items[0]?.source_id,
  );
  const { body: books } = await api.get<BooksBalance>('/ledger/balance');
  report.claim(books.balanced, 'and the trial balance is zero');
}

type Balance = Wallet['balances'][number];

/** The seller's balance once it is as it should be, or as it was last seen. */
async function until({ api }: Run, seller: string, holds: (balance: Balance) => boolean): Promise<Balance | undefined> {
  for (const deadline = performance.now() + DEADLINE_MS; ; await delay(POLL_MS)) {
    const { body } = await api.get<Wallet>(`/wallets/${seller}`);
    const [balance] = body.balances ?? [];
    if ((balance && holds(balance)) || performance.now() > deadline) return balance;
  }
}

async function moveClock(seconds: number): Promise<void> {
  const { PSP_BASE_URL, PSP_SECRET_KEY } = config();
  const response = await fetch(`${PSP_BASE_URL}/v1/test_helpers/clock`, {
    method: 'POST',
    headers: { authorization: `Bearer ${PSP_SECRET_KEY}` },
    body: new URLSearchParams({ advance: String(seconds) }),
  });
  if (!response.ok) throw new Error(`the simulator's clock did not move: ${response.status}`);
}
