import { CURRENCY, decimal, type Expected, type Run, sum } from './run.ts';

interface Wallet {
  readonly balance: string;
  readonly balances: readonly {
    currency: string;
    pending: string;
    available: string;
    total: string;
    receivable: string;
  }[];
}

interface Entry {
  readonly transaction_id: string;
  readonly source_id: string;
  readonly account: string;
  readonly direction: 'debit' | 'credit';
  readonly amount: string;
}

interface EntryPage {
  readonly entries: readonly Entry[];
  readonly next_cursor: string | null;
}

interface BooksBalance {
  readonly balanced: boolean;
  readonly currencies: readonly {
    currency: string;
    total_debits: string;
    total_credits: string;
    difference_minor: string;
  }[];
}

/** Step 3: each seller's wallet holds what its orders earned, less the commission. */
export async function updateWallets(run: Run): Promise<void> {
  const { api, report } = run;
  report.step('Wallets: sellers are credited');
  for (const seller of run.sellers) {
    const orders = run.expected.filter((order) => order.seller === seller);
    const gross = sum(orders.map((order) => order.grossMinor));
    const net = sum(orders.map((order) => order.netMinor));
    const { body } = await api.get<Wallet>(`/wallets/${seller}`);
    report.say(
      `${seller}: ${orders.length} orders of ${decimal(gross)} in all, less commission ${decimal(gross - net)}`,
    );
    report.claim(
      body.balance === decimal(net),
      `its balance is ${decimal(net)} ${CURRENCY}`,
      `${body.balance} ${CURRENCY}, pending ${body.balances[0]?.pending}`,
    );
  }
}

/** Step 4: each order is one ledger transaction whose two sides are equal. */
export async function recordLedger(run: Run): Promise<void> {
  const { api, report } = run;
  report.step('Ledger: double entry');
  const bought = await entriesOf(run, run.buyer.user_id);
  const sold = (await Promise.all(run.sellers.map((seller) => entriesOf(run, seller)))).flat();
  report.claim(
    bought.length === run.expected.length && sold.length === run.expected.length,
    `each of the ${run.expected.length} charged orders has one debit of the buyer and one credit of a seller`,
    `${bought.length} debits, ${sold.length} credits`,
  );
  const wrong = run.expected.filter((order) => !isRecorded(order, bought, sold));
  report.claim(
    wrong.length === 0,
    'each in one transaction: the buyer pays the gross, the seller earns the net',
    wrong.length === 0 ? undefined : `${wrong.map(({ orderId }) => orderId).join(', ')} is not so`,
  );

  const [example] = bought;
  const fees = await api.get<EntryPage>(`/ledger?account_id=platform_fees:platform:${CURRENCY}&limit=100`);
  const legs = [...bought, ...sold, ...fees.body.entries].filter(
    (entry) => entry.transaction_id === example?.transaction_id,
  );
  report.say(`For example ${example?.source_id}:`);
  for (const { direction, account, amount } of legs)
    report.say(`  ${direction === 'debit' ? 'DR' : 'CR'} ${account.padEnd(44)} ${amount.padStart(8)}`);
  const total = legs.reduce(
    (signed, { direction, amount }) => signed + (direction === 'debit' ? 1n : -1n) * minor(amount),
    0n,
  );
  report.claim(total === 0n, 'its entries add up to zero', decimal(total));
}

/** Step 5: debits equal credits over the whole ledger. */
export async function balanceBooks(run: Run): Promise<void> {
  const { api, report } = run;
  report.step('Balance: debits = credits');
  const { body } = await api.get<BooksBalance>('/ledger/balance');
  for (const { currency, total_debits, total_credits, difference_minor } of body.currencies) {
    report.claim(
      total_debits === total_credits && difference_minor === '0',
      `${currency}: debits equal credits`,
      `${total_debits} = ${total_credits}`,
    );
  }
  report.claim(body.balanced, 'the books balance');
}

function isRecorded(order: Expected, bought: readonly Entry[], sold: readonly Entry[]): boolean {
  const debit = bought.find((entry) => entry.source_id === order.orderId && entry.direction === 'debit');
  const credit = sold.find((entry) => entry.source_id === order.orderId && entry.direction === 'credit');
  if (!debit || !credit || debit.transaction_id !== credit.transaction_id) return false;
  return debit.amount === decimal(order.grossMinor) && credit.amount === decimal(order.netMinor);
}

async function entriesOf(run: Run, owner: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query = new URLSearchParams({ account_id: owner, limit: '10', ...(cursor && { cursor }) });
    const { body } = await run.api.get<EntryPage>(`/ledger?${query}`);
    entries.push(...body.entries);
    cursor = body.next_cursor;
  }
  return entries;
}

function minor(amount: string): bigint {
  return BigInt(amount.replace('.', ''));
}
