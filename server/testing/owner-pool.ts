import pg from 'pg';

/** The owner's own way into a test's database. A connection of it that a test, or the end of a database, cuts off is no error. */
export function openOwnerPool(connectionString: string, max = 2): pg.Pool {
  const pool = new pg.Pool({ connectionString, max });
  pool.on('error', () => undefined);
  return pool;
}
