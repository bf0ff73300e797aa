import { trialBalance } from '#ledger';
import { closeException, type ExplainedAccount, explainClearing, listDifferences, reconcileDue } from '#reconciliation';
import type { PaymentSystem } from '#testing';
import { addCounts, type Violation } from '../kit/report.ts';
import { count, type Day, type Scene } from './scene.ts';

/** Files that are spoiled on purpose: on which day of the month, and how. The last has to be explained by a person. */
const SPOILED_FILES: readonly (readonly [day: number, kind: string, source: 'settlement' | 'bank_statement'])[] = [
  [3, 'file_missing', 'settlement'],
  [4, 'file_twice', 'bank_statement'],
  [8, 'file_truncated', 'bank_statement'],
];
/** The day on which the provider's payout to our bank does not arrive. */
const PAYOUT_FAILS_ON = 7;
const LISTED = 100;
const SECRET_KEY = 'sk_test_simulator_platform_secret_key';

/** What goes wrong at the provider on this day, decided before it begins. */
export async function spoil({ system, spoiled, faults }: Scene, { number, date }: Day): Promise<void> {
  if (number === PAYOUT_FAILS_ON) {
    await system.fault({ kind: 'payout_failed', match: 'platform usd', count: 1 });
    addCounts(faults, { payout_failed: 1 });
  }
  for (const [day, kind, source] of SPOILED_FILES) {
    if (day !== number) continue;
    await system.fault({ kind, match: `${source} ${date} usd`, count: 1 });
    spoiled.add(`${source} ${date}`);
    addCounts(faults, { [kind]: 1 });
  }
}

/** The nightly reconciliation of all that is due. */
export async function reconcileNight(scene: Scene): Promise<void> {
  const days = await reconcileDue();
  for (let one = 0; one < days; one += 1) count(scene, 'day reconciled');
}

/** What must hold on every evening; each violation in words. */
export async function checkBooks({ system }: Pick<Scene, 'system'>, date: string): Promise<Violation[]> {
  const balance = await trialBalance();
  const accounts = await explainClearing();
  return [
    ...balance.currencies
      .filter((one) => !one.balanced)
      .map((one) => ({ what: 'trial balance', detail: `${date}: off by ${one.differenceMinor} ${one.currency}` })),
    ...(await system.problems()).map((problem) => ({ what: 'books', detail: `${date}: ${problem}` })),
    ...unexplained(accounts).map((detail) => ({ what: 'open items', detail: `${date}: ${detail}` })),
    ...(await atProvider(system)).map((detail) => ({ what: 'provider', detail: `${date}: ${detail}` })),
  ];
}

function unexplained(accounts: readonly ExplainedAccount[]): string[] {
  return accounts
    .filter((one) => one.unexplainedMinor !== 0n)
    .map(
      ({ code, balanceMinor, unexplainedMinor }) =>
        `${code} is ${balanceMinor}, of which ${unexplainedMinor} has no reason`,
    );
}

/** What the provider says that it has of ours, against all movements that we know of, booked or not; and its own books. */
async function atProvider({ owner, simulator }: PaymentSystem): Promise<string[]> {
  const ask = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${simulator.url}/v1/${path}`, { headers: { authorization: `Bearer ${SECRET_KEY}` } });
    return response.json() as Promise<T>;
  };
  const { balanced } = await ask<{ balanced: boolean }>('test_helpers/audit');
  const { available, pending } = await ask<Record<'available' | 'pending', Balance[]>>('balance');
  const { rows } = await owner.query<{ currency: string; net: string }>(
    'select lower(currency) as currency, sum(net_minor) as net from psp_balance_transactions group by currency',
  );
  const off = rows.flatMap(({ currency, net }) => {
    const theirs = [...available, ...pending]
      .filter((one) => one.currency === currency)
      .reduce((sum, one) => sum + one.amount, 0);
    return theirs === Number(net) ? [] : [`it has ${theirs} ${currency}, and told us of ${net}`];
  });
  return balanced ? off : ['its own books do not add up', ...off];
}

interface Balance {
  readonly amount: number;
  readonly currency: string;
}

/** What became of the differences between files and books. */
export interface Explained {
  readonly closedByMatch: number;
  readonly closedByPerson: number;
  readonly unexplained: readonly string[];
}

/** A person closes what came of files that were spoiled; every other difference that is still open has no reason. */
export async function explainDifferences({ spoiled }: Scene): Promise<Explained> {
  const all = await readDifferences();
  const open = all.filter((one) => one.closedAt === null);
  const known = open.filter((one) => spoiled.has(`${one.source} ${one.day}`));
  for (const { id } of known)
    await closeException(id, 'operator', 'the provider sent a spoiled file, and a whole one after it');
  return {
    closedByMatch: all.length - open.length,
    closedByPerson: known.length,
    unexplained: open
      .filter((one) => !known.includes(one))
      .map((one) => `${one.day} ${one.currency} ${one.source} ${one.type} ${one.subject}`),
  };
}

async function readDifferences() {
  const all = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: Awaited<ReturnType<typeof listDifferences>> = await listDifferences({ cursor, limit: LISTED });
    all.push(...page.differences);
    cursor = page.nextCursor;
  }
  return all;
}
