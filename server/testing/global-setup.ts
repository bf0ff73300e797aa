import { startTestPostgres } from './postgres.ts';

/** Gives the database tests a running PostgreSQL in TEST_POSTGRES_URL, unless the caller already has one. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.TEST_POSTGRES_URL) return undefined;
  const server = await startTestPostgres();
  process.env.TEST_POSTGRES_URL = server.url;
  return server.stop;
}
