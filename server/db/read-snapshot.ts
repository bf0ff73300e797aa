import type pg from 'pg';
import { pool } from './pool.ts';
import type { Queryable } from './statement.ts';

/** Runs reads that must agree with each other on one snapshot of the database. Nothing can be written, and nobody is held up. */
export async function readSnapshot<T>(work: (on: Queryable) => Promise<T>, on: pg.Pool = pool()): Promise<T> {
  const client = await on.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    return await work(client);
  } finally {
    await client.query('rollback').catch((error: Error) => {
      broken = error;
    });
    client.release(broken);
  }
}
