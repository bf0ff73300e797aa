import { readFile } from 'node:fs/promises';
import pg from 'pg';

/** Any constant: it makes two simulators that boot at once prepare the database one after the other. */
const PREPARE_LOCK = 7_404_010;
const DATABASE_MISSING = '3D000';
const ALREADY_THERE = ['42P04', '23505'];

/** Creates the database when it is missing, then every table that is missing. Safe to run at each boot, and by several processes at once. */
export async function prepareDatabase(url: string): Promise<void> {
  const client = await connectCreating(url);
  try {
    await client.query('select pg_advisory_lock($1)', [PREPARE_LOCK]);
    for (const file of ['schema.sql', 'books.sql', 'disputes.sql']) {
      await client.query(await readFile(new URL(file, import.meta.url), 'utf8'));
    }
  } finally {
    await client.end();
  }
}

async function connectCreating(url: string): Promise<pg.Client> {
  try {
    return await connect(url);
  } catch (error) {
    if ((error as pg.DatabaseError).code !== DATABASE_MISSING) throw error;
    await createDatabase(url);
    return connect(url);
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  return client;
}

async function createDatabase(url: string): Promise<void> {
  const maintenance = new URL(url);
  const name = decodeURIComponent(maintenance.pathname.slice(1));
  maintenance.pathname = '/postgres';
  const client = await connect(maintenance.toString());
  try {
    await client.query(`create database ${client.escapeIdentifier(name)}`);
  } catch (error) {
    if (!ALREADY_THERE.includes(String((error as pg.DatabaseError).code))) throw error;
  } finally {
    await client.end();
  }
}
