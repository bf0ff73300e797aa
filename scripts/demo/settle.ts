import { config } from '#config';
import type { Payment } from './client.ts';
import { moveClock } from './clock.ts';
import { CURRENCY, type Run } from './run.ts';
import { claimBalanced, until } from './wait.ts';

/** Longer than the provider's two business days, whatever the day. */
const DAYS = 5;

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

/** Step 8: the provider settles, its clock moves on, and what was pending can be paid out. */
export async function settle(run: Run): Promise<void> {
  const { api, report } = run;
  report.step('Settlement: settled and available');
  const seller = `seller_${run.id('settled')}`;
  const body = run.payment('tok_visa_4242', ['29.99']);
  const orders = body.payment_orders.map((order) => ({ ...order, seller_account: seller }));
  await api.post<Payment>('/payments', { ...body, payment_orders: orders }, { prefer: 'wait=10' });
  const dated = await balanceOf(run, seller, ({ pending_parts: [part] }) => part?.available_on != null);
  const [part] = dated?.pending_parts ?? [];
  report.claim(
    dated?.pending === '29.25' && part?.amount === '29.25',
    'what was earned is pending, and has the day on which it can be paid out',
    part?.available_on ?? undefined,
  );
  if (config().PSP_MODE !== 'simulator') return;
  await moveClock(DAYS);
  report.say(`The simulator's clock is ${DAYS} days further.`);
  const settled = await balanceOf(run, seller, ({ available }) => available === '29.25');
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
  await claimBalanced(run);
}

type Balance = Wallet['balances'][number];

/** The seller's balance once it is as it should be, or as it was last seen. */
function balanceOf({ api }: Run, seller: string, holds: (balance: Balance) => boolean): Promise<Balance | undefined> {
  const read = async () => (await api.get<Wallet>(`/wallets/${seller}`)).body.balances?.[0];
  return until(read, (balance) => balance !== undefined && holds(balance));
}
