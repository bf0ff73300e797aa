import { parseArgs } from 'node:util';
import { lanePool, pool } from '#db';
import { type CurrencyCode, formatMinor } from '#kernel';
import { type DayReport, describeAccount, explainClearing, reconcileDay } from '#reconciliation';

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
  const days = await reconcileDay(values.date);
  const clearing = await explainClearing();
  const wrong = clearing.filter((account) => account.unexplainedMinor !== 0n);
  if (values.json)
    console.info(
      JSON.stringify({ days, clearing }, (_, value) => (typeof value === 'bigint' ? String(value) : value), 2),
    );
  else {
    if (days.length === 0) console.info('The provider has settled nothing yet.');
    for (const day of days) console.info(linesOf(day).join('\n'));
    for (const account of values['open-items'] ? clearing : wrong)
      console.info(describeAccount(account, Number.POSITIVE_INFINITY).join('\n'));
    console.info(`${clearing.length - wrong.length} of ${clearing.length} clearing accounts are their open items`);
  }
  const failed = days.some((day) => day.notTold !== null);
  process.exitCode = failed ? 2 : wrong.length > 0 || days.some((day) => day.differences.length > 0) ? 1 : 0;
} catch (error) {
  console.error(`The day could not be reconciled: ${(error as Error).message}`);
  process.exitCode = 2;
} finally {
  await Promise.all([pool().end(), lanePool().end()]);
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
