import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { APP_DATABASE_ROLE, parseConfig } from '#config';
import { startChild } from '../../scripts/supervisor/child.ts';
import { freePort } from '../../scripts/supervisor/ports.ts';
import { scratchDir } from '../../scripts/supervisor/scratch.ts';

const MIGRATIONS = new URL('../../prisma/migrations/', import.meta.url);
/** Serialises the making of the template and of the roles, which belong to the whole cluster. */
const TEMPLATE_LOCK = 7_305_112;

export interface TestDatabase {
  readonly name: string;
  /** Owner (superuser) connection: may do anything, as an attacker in a test may. */
  readonly url: string;
  /** Removes the database, cutting the connections that are still open to it. */
  drop(): Promise<void>;
}

export interface MigratedDatabase extends TestDatabase {
  /** The connection the application uses: role `countinghouse_app`, which owns nothing. */
  readonly appUrl: string;
}

/** Starts a throwaway PostgreSQL for one run. `url` is its superuser connection. */
export async function startTestPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const scratch = await scratchDir();
  const port = await freePort();
  const server = await startChild({
    name: 'postgres',
    script: 'scripts/postgres.ts',
    args: ['--data', join(scratch, 'postgres'), '--port', String(port), '--scratch'],
    ready: { line: /^PostgreSQL is ready/ },
  });
  return {
    url: `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await server.stop();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/**
 * A database with all migrations applied, cloned in milliseconds from a template that is made once per run and per set
 * of migrations. Needs TEST_POSTGRES_URL, which the `db` project of vitest provides.
 */
export async function createTestDatabase(label = 'test'): Promise<MigratedDatabase> {
  const template = await migratedTemplate();
  const database = await createDatabase(label, template);
  return { ...database, appUrl: parseConfig({ DATABASE_URL: database.url }).APP_DATABASE_URL };
}

/** A database with nothing in it, for a process that makes its own schema. */
export async function createEmptyDatabase(label = 'empty'): Promise<TestDatabase> {
  return createDatabase(label, 'template0');
}

async function createDatabase(label: string, template: string): Promise<TestDatabase> {
  const name = `${label}_${randomUUID().slice(0, 8)}`.replaceAll(/\W/g, '_').toLowerCase();
  await onServer((client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  return {
    name,
    url: databaseUrl(name),
    drop: () => onServer(async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
  };
}

let template: Promise<string> | undefined;

function migratedTemplate(): Promise<string> {
  template ??= makeTemplate();
  return template;
}

async function makeTemplate(): Promise<string> {
  const name = `template_${await hashMigrations()}`;
  const { migrate } = await import('#db');
  await onServer(async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate', [name]);
    if (rowCount) return;
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${name}`);
    const { APP_DATABASE_PASSWORD } = parseConfig({});
    await migrate({ ownerUrl: databaseUrl(name), appPassword: APP_DATABASE_PASSWORD });
    await client.query(`ALTER DATABASE ${name} WITH IS_TEMPLATE true`);
  });
  return name;
}

async function hashMigrations(): Promise<string> {
  const hash = createHash('sha256').update(APP_DATABASE_ROLE);
  const entries = await readdir(MIGRATIONS, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(file).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

async function onServer<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(name: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return url.toString();
}

function serverUrl(): string {
  const url = process.env.TEST_POSTGRES_URL;
  if (!url)
    throw new Error('TEST_POSTGRES_URL is not set: database tests are named *.db.test.ts and run by `npm test`.');
  return url;
}
