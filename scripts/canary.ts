import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { config } from '#config';
import { hasCardNumber } from '#observability';

/** Looks for card numbers where none may ever be: in every row of both databases and every line of every log. */
const PAGE_ROWS = 5_000;
const { DATABASE_URL, PSP_DATABASE_URL, DATA_DIR } = config();

const found: string[] = [];
let rows = 0;
let lines = 0;
for (const url of [DATABASE_URL, PSP_DATABASE_URL]) await searchDatabase(url);
await searchLogs(join(DATA_DIR, 'logs'));
if (rows === 0 || lines === 0) found.push('There is nothing to look at: is the system running?');
for (const place of found) console.error(`A card number stands in ${place}`);
console.info(`Looked at ${rows} rows and ${lines} log lines: ${found.length} places with a card number.`);
process.exitCode = found.length === 0 ? 0 : 1;

async function searchDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    for (const { name } of tables.rows) await searchTable(client, name);
  } finally {
    await client.end();
  }
}

async function searchTable(client: pg.Client, table: string): Promise<void> {
  await client.query('BEGIN READ ONLY');
  await client.query(`DECLARE every_row CURSOR FOR SELECT t::text AS row FROM ${table} t`);
  for (;;) {
    const page = await client.query<{ row: string }>(`FETCH ${PAGE_ROWS} FROM every_row`);
    if (page.rows.length === 0) break;
    rows += page.rows.length;
    if (page.rows.some(({ row }) => hasCardNumber(row))) found.push(`table ${table}`);
  }
  await client.query('COMMIT');
}

async function searchLogs(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const text = await readFile(join(folder, name), 'utf8');
    const fileLines = text.split('\n');
    lines += fileLines.length;
    const number = fileLines.findIndex(hasCardNumber);
    if (number !== -1) found.push(`${name}, line ${number + 1}`);
  }
}
