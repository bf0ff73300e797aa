import { parseArgs } from 'node:util';
import { lanePool, pool } from '#db';
import { type CurrencyCode, formatMinor } from '#kernel';
import { type DayReport, reconcileDay } from '#reconciliation';

/**
 * `npm run reconcile`: fetches the settlement file and the bank statement of a day, compares them with the books and says what
 * differs. Exits 0 when everything is matched, 1 when something differs, 2 when it could not be compared. It is harmless to repeat.
 * `-- --date 2026-06-18` names the day (default: yesterday, on the provider's clock), `--json` prints the result for programs.
 */
const { values } = parseArgs({ options: { date: { type: 'string' }, json: { type: 'boolean', default: false } } });

try {
  const reports = await reconcileDay(values.date);
  if (values.json)
    console.info(JSON.stringify(reports, (_, value) => (typeof value === 'bigint' ? String(value) : value), 2));
  else if (reports.length === 0) console.info('The provider has settled nothing yet.');
  else for (const report of reports) console.info(linesOf(report).join('\n'));
  const failed = reports.some((report) => report.notTold !== null);
  process.exitCode = failed ? 2 : reports.some((report) => report.differences.length > 0) ? 1 : 0;
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
