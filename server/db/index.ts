export { checkDatabase } from './check-database.ts';
export { brokenConstraint, isConnectionLost, isTransient, toAppError, tookTooLong } from './errors.ts';
export { Prisma, type PrismaClient } from './generated/client.ts';
export { type MigrateOptions, migrate } from './migrate.ts';
export { createPool, lanePool, type PoolOptions, pool } from './pool.ts';
export { prisma } from './prisma.ts';
export { readSnapshot } from './read-snapshot.ts';
export { columns, type Queryable, RowCountError, run, type Statement } from './statement.ts';
export { assertNoOpenTransaction, runInTransaction, runPipelined, type Tx } from './transaction.ts';
