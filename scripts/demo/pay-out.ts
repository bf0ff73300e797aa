import { config } from '#config';
import type { Payment } from './client.ts';
import { moveClock } from './clock.ts';
import { CURRENCY, type Run } from './run.ts';
import { claimBalanced, until } from './wait.ts';

/** A seller whom the operator has verified. */
const SELLER = 'seller_456';
/** Longer than a bank needs for a payout, whatever the day. */
const DAYS = 5;

interface Payout {
  readonly payout_id: string;
  readonly state: string;
  readonly failure: string | null;
}

interface Statement {
  readonly amount: string;
  readonly lines: readonly { readonly amount: string }[];
}

/** Step 11: what a seller has goes to its bank; a closed account sends it back. */
export async function payOut(run: Run): Promise<void> {
  const { api, report } = run;
  report.step('Payouts: one arrives, one fails');
  if (config().PSP_MODE !== 'simulator') return;
  // The money of this card is available at once.
  const body = run.payment('tok_bypassPending', ['50.00']);
  const orders = body.payment_orders.map((order) => ({ ...order, seller_account: SELLER }));
  await api.post<Payment>('/payments', { ...body, payment_orders: orders }, { prefer: 'wait=10' });
  await until(available(run), (minor) => minor >= 2_000n);

  const paid = await payOutTo(run, 'btok_us_verified', 'PAID');
  report.claim(paid.state === 'PAID', '10.00 reached the bank', paid.state);
  const { body: statement } = await api.get<Statement>(`/payouts/${paid.payout_id}/statement`);
  const lines = statement.lines.reduce((sum, line) => sum + cents(line.amount), 0n);
  report.claim(
    lines === cents(statement.amount),
    'every line of its statement is there: they come to the amount',
    `${statement.lines.length} lines, ${statement.amount}`,
  );
  await claimBalanced(run);

  const failed = await payOutTo(run, 'btok_us_verified_accountClosed', 'FAILED');
  report.claim(failed.state === 'FAILED', 'a closed account takes nothing', failed.failure ?? failed.state);
  const moved = await entriesOf(run, failed.payout_id);
  const [out, back] = ['debit', 'credit'].map((side) => moved.filter((entry) => entry.direction === side));
  report.claim(
    out?.length === 1 && back?.length === 1 && out[0]?.amount === back[0]?.amount,
    'and what it did not take is available again',
    `${moved.map((entry) => `${entry.direction} ${entry.amount}`).join(', ')}`,
  );
  await claimBalanced(run);
}

/** Asks for 10.00 to this bank account, lets days pass, and answers the payout as it stands then. */
async function payOutTo({ api, id }: Run, token: string, end: string): Promise<Payout> {
  const key = () => ({ 'idempotency-key': id('key') });
  await api.post(`/sellers/${SELLER}/bank_accounts`, { currency: CURRENCY, token }, key());
  const wish = { seller_id: SELLER, currency: CURRENCY, amount: '10.00' };
  const { body: asked } = await api.post<Payout>('/payouts', wish, key());
  const read = async () => (await api.get<Payout>(`/payouts/${asked.payout_id}`)).body;
  await until(read, ({ state }) => state !== 'REQUESTED' && state !== 'APPROVED');
  await moveClock(DAYS);
  return until(read, ({ state }) => state === end);
}

interface Entry {
  readonly source_id: string;
  readonly account: string;
  readonly direction: 'debit' | 'credit';
  readonly amount: string;
}

/** What a payout moved on what the seller has available; other earnings become available meanwhile. */
async function entriesOf({ api }: Run, payoutId: string): Promise<Entry[]> {
  const { body } = await api.get<{ entries: Entry[] }>(`/ledger?account_id=${SELLER}&limit=100`);
  return body.entries.filter(
    (entry) => entry.source_id === payoutId && entry.account === `seller_available:${SELLER}:${CURRENCY}`,
  );
}

function available({ api }: Run): () => Promise<bigint> {
  return async () => {
    const path = `/wallets/${SELLER}`;
    const { body } = await api.get<{ balances: { currency: string; available: string }[] }>(path);
    return cents(body.balances.find((balance) => balance.currency === CURRENCY)?.available ?? '0.00');
  };
}

function cents(amount: string): bigint {
  return BigInt(amount.replace('.', ''));
}
