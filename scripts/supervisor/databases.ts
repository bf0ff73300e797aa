import pg from 'pg';

const NO_SUCH_DATABASE = '3D000';
const ALREADY_THERE = new Set(['42P04', '23505']);

/** Creates the database that the URL names if the server has none of that name. Safe when two processes do it at once. */
export async function ensureDatabase(url: string): Promise<void> {
  if (!(await isMissing(url))) return;
  const server = new URL(url);
  const name = decodeURIComponent(server.pathname.slice(1));
  server.pathname = '/postgres';
  const client = new pg.Client({ connectionString: server.toString() });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } catch (error) {
    if (!ALREADY_THERE.has((error as { code?: string }).code ?? '')) throw error;
  } finally {
    await client.end();
  }
}

async function isMissing(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return false;
  } catch (error) {
    if ((error as { code?: string }).code === NO_SUCH_DATABASE) return true;
    const { host } = new URL(url);
    throw new Error(`PostgreSQL at ${host} does not answer: ${(error as Error).message}`, { cause: error });
  } finally {
    await client.end();
  }
}
