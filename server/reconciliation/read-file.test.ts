import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { formatMinor } from '#kernel';
import { type FileSummary, type ReadRow, readFile } from './read-file.ts';
import { readMinor } from './read-minor.ts';

const paths: string[] = [];

afterEach(async () => {
  for (const path of paths.splice(0)) await rm(path, { force: true });
});

function newPath(): string {
  const path = join(tmpdir(), `${randomUUID()}.csv`);
  paths.push(path);
  return path;
}

interface Read {
  readonly rows: readonly ReadRow[];
  readonly summary: FileSummary;
}

async function read(path: string): Promise<Read> {
  const reading = readFile(path, 'settlement');
  const rows: ReadRow[] = [];
  for (;;) {
    const { value, done } = await reading.next();
    if (done) return { rows, summary: value };
    rows.push(value);
  }
}

async function readText(text: string): Promise<Read> {
  const path = newPath();
  await writeFile(path, text);
  return read(path);
}

const COLUMNS = [
  ...['automatic_payout_id', 'balance_transaction_id', 'currency', 'gross', 'fee', 'net', 'reporting_category'],
];
const HEADER = COLUMNS.join(',');
const ONE = 'po_1,txn_1,usd,10.00,0.59,9.41,charge';
const TWO = 'po_1,txn_2,usd,-3.00,0.00,-3.00,refund';
const CONTROL = 'control_total,2,usd,7.00,0.59,6.41,';
const whole = [HEADER, ONE, TWO, CONTROL].join('\n');

test('a whole file is its rows, what they come to, and what its control row says', async () => {
  const { rows, summary } = await readText(whole);
  const totals = { rows: 2, grossMinor: 700n, feeMinor: 59n, netMinor: 641n };
  expect(summary).toEqual({ state: 'whole', copies: 1, copiesAgree: true, found: totals, control: totals });
  expect(rows).toMatchObject([
    { line: 2, copy: 1, row: { reference: 'txn_1', payoutId: 'po_1', currency: 'USD', grossMinor: 1_000n } },
    { line: 3, copy: 1, row: { reference: 'txn_2', category: 'refund', netMinor: -300n } },
  ]);
});

describe('says the same', () => {
  const moved = (order: readonly number[]) =>
    [HEADER, ONE, TWO, CONTROL]
      .map((line) => line.split(','))
      .map((cells) => order.map((index) => cells[index]).join(','))
      .join('\n');
  test.each([
    ['with a byte order mark', `\ufeff${whole}`],
    ['with the line ends of another system', whole.replaceAll('\n', '\r\n')],
    ['with empty lines at its end', `${whole}\n\n`],
    ['with every cell quoted', whole.replaceAll(/[^,\n]+/g, '"$&"')],
    ['with columns nobody asked for', whole.replaceAll('\n', ',x\n').concat(',x')],
    ['with its columns in another order', moved([0, 6, 5, 4, 3, 2, 1])],
    ['with its rows in another order', [HEADER, TWO, ONE, CONTROL].join('\n')],
  ])('%s', async (_, text) => {
    const { rows, summary } = await readText(text);
    expect([summary.state, summary.found.netMinor, rows.length]).toEqual(['whole', 641n, 2]);
  });
});

describe('is not taken for a whole file', () => {
  test.each([
    ['without its control row', [HEADER, ONE, TWO].join('\n'), 'truncated'],
    ['cut off in a quoted cell', `${HEADER}\n${ONE}\npo_1,"txn`, 'truncated'],
    ['of nothing', '', 'unreadable'],
    ['of other columns', 'a,b\n1,2\ncontrol_total,1', 'unreadable'],
    ['in another encoding', Buffer.from(whole, 'utf16le').toString('latin1'), 'unreadable'],
    ['whose control row says nothing', whole.replace('7.00', 'seven'), 'unreadable'],
    ['whose second copy is cut off', `${whole}\n${[HEADER, ONE].join('\n')}`, 'truncated'],
  ])('%s', async (_, text, state) => {
    expect((await readText(text)).summary.state).toBe(state);
  });
});

test('a file that holds its content twice says so, and whether both say the same', async () => {
  expect((await readText(`${whole}\n${whole}`)).summary).toMatchObject({
    state: 'whole',
    copies: 2,
    copiesAgree: true,
  });
  const other = whole.replace('10.00', '10.01');
  expect((await readText(`${whole}\n${other}`)).summary).toMatchObject({ copies: 2, copiesAgree: false });
});

test('a row that cannot be read is kept with its text, and no other is lost by it', async () => {
  const bad = [
    'po_1,txn_3,usd,1e3,0,1,charge',
    'po_1,txn_4',
    'po_1,txn_5,zzz,1.00,0.00,1.00,charge',
    'po_1,"txn"_6,usd',
  ];
  const { rows, summary } = await readText([HEADER, ONE, ...bad, TWO, CONTROL].join('\n'));
  expect(rows.filter((row) => row.error === null)).toHaveLength(2);
  expect(rows.flatMap((row) => (row.error === null ? [] : [row.raw.trimEnd()]))).toEqual(bad);
  expect(summary).toMatchObject({ state: 'whole', found: { rows: 6, netMinor: 641n } });
});

test('amounts are read exactly, or not at all', () => {
  fc.assert(
    fc.property(
      fc.bigInt(-(10n ** 15n), 10n ** 15n),
      fc.constantFrom('USD' as const, 'JPY' as const, 'KWD' as const),
      (minor, currency) => readMinor(formatMinor(minor, currency), currency) === minor,
    ),
  );
  for (const text of ['', '-', '+1.00', '1,00', '1.', '.5', '1.005', '01.00', '1e2', ' 1', 'NaN', '1'.repeat(20)])
    expect(readMinor(text, 'USD'), text).toBeNull();
});

test('a file of 200,000 rows is read while the disk gives it: rows come before its end is written', async () => {
  const path = newPath();
  const file = createWriteStream(path);
  file.write(`${HEADER}\n`);
  for (let row = 0; row < 200_000; row += 1)
    if (!file.write(`${ONE}\n`)) await new Promise<void>((done) => file.once('drain', done));
  file.end('control_total,200000,usd,2000000.00,118000.00,1882000.00,\n');
  await finished(file);
  const reading = readFile(path, 'settlement');
  const before = process.memoryUsage().heapUsed;
  let most = 0;
  for (let read = 0; ; read += 1) {
    const { value, done } = await reading.next();
    if (read % 5_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
    if (!done) continue;
    expect(value).toMatchObject({ state: 'whole', found: { rows: 200_000, netMinor: 188_200_000n } });
    break;
  }
  expect(most, 'the whole file in memory would take far more').toBeLessThan(120 * 1_024 * 1_024);
});
