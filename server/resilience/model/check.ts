import type { WalletBalance } from '../../wallet/wallet.ts';
import type { Core } from './core.ts';
import { type Expected, must } from './expected.ts';
import { checkInvariants } from './invariants.ts';
import type { Tables } from './tables.ts';

/** After every step: the invariants hold, and everybody holds what the model says. Throws at the first difference. */
export function checkAll(expected: Expected, core: Core): void {
  checkInvariants(core.tables);
  for (const order of expected.orders.values()) expected.checkOrder(order, core.tables.order(order.id).state);
  const codes = new Set([...core.tables.accounts.keys(), ...expected.balances.keys()]);
  const owners = new Set<string>();
  for (const code of codes) {
    const balance = core.tables.accounts.get(code)?.balance ?? 0n;
    must(balance === expected.balance(code), `${code} holds ${balance} instead of ${expected.balance(code)}`);
    owners.add(code.split(':')[1] as string);
  }
  for (const owner of owners) for (const one of core.wallet(owner)) checkWallet(owner, one, expected);
}

function checkWallet(owner: string, wallet: WalletBalance, expected: Expected): void {
  const earned = -expected.balance(`seller_pending:${owner}:${wallet.currency}`);
  const owed = expected.balance(`buyer:${owner}:${wallet.currency}`);
  must(minor(wallet.pending) === earned, `the wallet of ${owner} shows ${wallet.pending} pending`);
  must(minor(wallet.total) === earned, `the wallet of ${owner} shows ${wallet.total} in all`);
  must(minor(wallet.receivable) === owed, `the wallet of ${owner} shows ${wallet.receivable} as receivable`);
}

function minor(decimal: string): bigint {
  return BigInt(decimal.replace('.', ''));
}

/** Everything that is kept, in one text; the inbox, which notes even what changes nothing, and untouched accounts aside. */
export function digest(tables: Tables): string {
  const {
    orders,
    attempts,
    transitions,
    captures,
    funds,
    accounts,
    transactions,
    entries,
    deadLetters,
    outbox,
    events,
  } = tables;
  const moved = [...accounts.values()].filter((account) => account.version > 0n);
  const logs = [transitions, entries, outbox].map((log) => log.length);
  const rows = [orders, attempts, captures, funds, transactions, events].map((table) => [...table.values()]);
  return JSON.stringify([rows, moved, logs, deadLetters], (_, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}
