import { parseArgs } from 'node:util';
import { lanePool, pool } from '#db';
import { type CurrencyCode, formatMinor } from '#kernel';
import { type DayReport, describeAccount, type ExplainedAccount, explainClearing, reconcileDay } from '#reconciliation';

/**
 * `npm run reconcile`: fetches the settlement file and the bank statement of a day, compares them with the books and says what
 * differs; then holds every clearing account against its open items. Exits 0 when everything is matched and explained, 1 when something
 * differs, 2 when it could not be compared. It is harmless to repeat. `-- --date 2026-06-18` names the day (default: yesterday, on the
 * provider's clock), `--open-items` lists every clearing account with its items, `--json` prints the result for programs.
 */
const { values } = parseArgs({
  options: {
    date: { type: 'string' },
    'open-items': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

try {
  const days = await reconcileDay(values.date).catch(failed('The day could not be reconciled'));
  if (days && !values.json) for (const line of days.flatMap(linesOf)) console.info(line);
  if (days?.length === 0 && !values.json) console.info('The provider has settled nothing yet.');
  const clearing = await explainClearing().catch(failed('The clearing accounts could not be explained'));
  if (values.json) console.info(JSON.stringify({ days, clearing }, digits, 2));
  else if (clearing) console.info(linesOfAccounts(clearing).join('\n'));
  if (days?.some((day) => day.notTold !== null)) process.exitCode = 2;
  const isWrong = clearing?.some(isUnexplained) || days?.some((day) => day.differences.length > 0);
  if (isWrong) process.exitCode ??= 1;
} finally {
  await Promise.all([pool().end(), lanePool().end()]);
}

/** One half of the answer is given although the other could not be. */
function failed(what: string) {
  return (error: Error): null => {
    console.error(`${what}: ${error.message}`);
    process.exitCode = 2;
    return null;
  };
}

function digits(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function isUnexplained(account: ExplainedAccount): boolean {
  return account.unexplainedMinor !== 0n;
}

function linesOfAccounts(clearing: readonly ExplainedAccount[]): string[] {
  const wrong = clearing.filter(isUnexplained);
  return [
    ...(values['open-items'] ? clearing : wrong).flatMap((one) => describeAccount(one, Number.POSITIVE_INFINITY)),
    `${clearing.length - wrong.length} of ${clearing.length} clearing accounts are their open items`,
  ];
}

function linesOf({ day, currency, notTold, settlement, bank, expected, differences }: DayReport): string[] {
  const money = (minor: bigint) => `${formatMinor(minor, currency as CurrencyCode)} ${currency}`;
  const file = (one: DayReport['bank'], rows: number, net: bigint) =>
    one
      ? `${rowsOf(one.rows)}, ${one.matched} matched, net ${money(one.netMinor)}; the books expect ${rowsOf(rows)}, net ${money(net)}`
      : 'no file that counts';
  return [
    `${day} ${currency}${notTold === null ? '' : `: could not be compared now (${notTold})`}`,
    `  settlement file  ${file(settlement, expected.rows, expected.netMinor)}`,
    `  bank statement   ${file(bank, expected.bankRows, expected.bankMinor)}`,
    ...differences.map((one) => `  ${one.class.padEnd(15)}  ${one.type} ×${one.count} (${one.source})`),
    ...(differences.length === 0 && notTold === null ? ['  no difference'] : []),
  ];
}

function rowsOf(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}
