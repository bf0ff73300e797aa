import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { config } from '#config';
import { CARDS } from '../fixtures/cards.ts';
import { query } from '../fixtures/database.ts';
import { unique } from '../fixtures/ids.ts';
import { expect, test } from '../fixtures/test.ts';

// One after the other: a table dropped while the search reads on ends it too early.
test.describe.configure({ mode: 'default' });

/** The search itself runs over everything once all tests are done; here it is seen to find what is planted. */
for (const [name, database] of [
  ['our database', config().DATABASE_URL],
  ['the provider’s database', config().PSP_DATABASE_URL],
] as const) {
  test(`the search for card numbers finds one planted in ${name}`, async () => {
    const table = unique('scratch');
    await query(`create table ${table} (note text)`, { database });
    try {
      await query(`insert into ${table} values ($1)`, { database, values: [`paid with ${CARDS.good}`] });
      expect(await search()).toContain(`table public.${table}`);
    } finally {
      await query(`drop table ${table}`, { database });
    }
  });
}

test('the search for card numbers finds one planted in a log', async () => {
  const name = `${unique('planted')}.log`;
  const file = join(config().DATA_DIR, 'logs', name);
  await writeFile(file, `first line\n{"msg":"card ${CARDS.good.replaceAll(' ', '')}"}\n`);
  try {
    expect(await search()).toContain(`${name}, line 2`);
  } finally {
    await rm(file);
  }
});

/** What the search says when it fails, which it must. */
async function search(): Promise<string> {
  const run = promisify(execFile)(process.execPath, ['scripts/canary.ts'], { env: process.env });
  return run.then(
    () => 'nothing found',
    ({ code, stderr }: { code: number; stderr: string }) => `exit ${code}: ${stderr}`,
  );
}
