import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { APP_DATABASE_ROLE } from '#config';
import { uuidv7 } from '#kernel';

/** Any number no other program uses: one migrator at a time per database. */
const MIGRATION_LOCK = 72_417_001;
/** "already exists", also in the form the catalogue gives it when two databases race. */
const DUPLICATE_OBJECT = new Set(['42710', '23505']);
const MIGRATIONS_TABLE = `create table if not exists _prisma_migrations (
  id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
  logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`;

export interface MigrateOptions {
  /** Connection of the role that owns the schema. */
  readonly ownerUrl: string;
  /** Password that the application's role gets. */
  readonly appPassword: string;
  /** Folder of `<number>_<name>/migration.sql`, applied in name order. */
  readonly directory?: string;
}

/**
 * Applies every migration that is not yet recorded, each in a transaction, under an advisory lock; answers the names applied.
 * Recorded in `_prisma_migrations` as `prisma migrate deploy` does, so both accept the same folder. A migration whose text
 * changed after it was applied is refused.
 */
export async function migrate({
  ownerUrl,
  appPassword,
  directory = join(process.cwd(), 'prisma/migrations'),
}: MigrateOptions): Promise<string[]> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'countinghouse-migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await ensureAppRole(client, appPassword);
    await client.query(MIGRATIONS_TABLE);
    const done = await appliedMigrations(client);
    const applied: string[] = [];
    for (const name of await migrationNames(directory)) {
      const sql = await readFile(join(directory, name, 'migration.sql'), 'utf8');
      const checksum = createHash('sha256').update(sql).digest('hex');
      const recorded = done.get(name);
      if (recorded === checksum) continue;
      if (recorded !== undefined) throw new Error(`migration ${name} was changed after it was applied`);
      await apply(client, name, checksum, sql);
      applied.push(name);
    }
    return applied;
  } finally {
    await client.end();
  }
}

async function migrationNames(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function appliedMigrations(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ migration_name: string; checksum: string }>(
    'select migration_name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null',
  );
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

async function apply(client: pg.Client, name: string, checksum: string, sql: string): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`set local lock_timeout = '2s'`);
    await client.query(sql);
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count) values ($1, $2, $3, now(), now(), 1)`,
      [uuidv7(), checksum, name],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Makes the application's role or renews its password. The role belongs to the server, so two databases may race to make it. */
async function ensureAppRole(client: pg.Client, password: string): Promise<void> {
  const secret = client.escapeLiteral(password);
  try {
    await client.query(`create role ${APP_DATABASE_ROLE} login nosuperuser nocreatedb nocreaterole password ${secret}`);
  } catch (error) {
    if (!DUPLICATE_OBJECT.has((error as { code?: string }).code ?? '')) throw error;
    const { rows } = await client.query('select 1 from pg_roles where rolname = $1 and not rolsuper', [
      APP_DATABASE_ROLE,
    ]);
    if (rows.length === 0)
      throw new Error(`the role ${APP_DATABASE_ROLE} exists and is a superuser: refused`, { cause: error });
    await renewPassword(client, secret);
  }
}

async function renewPassword(client: pg.Client, secret: string): Promise<void> {
  try {
    await client.query(`alter role ${APP_DATABASE_ROLE} password ${secret}`);
  } catch (error) {
    // Another migrator renewed it in the same moment ("tuple concurrently updated"): it set the same secret.
    if ((error as { code?: string }).code !== 'XX000') throw error;
  }
}
