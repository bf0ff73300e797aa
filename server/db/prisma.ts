import { PrismaPg } from '@prisma/adapter-pg';
import { config } from '#config';
import { singleton } from '#kernel';
import { PrismaClient } from './generated/client.ts';
import { ACQUIRE_TIMEOUT_MS, IDLE_IN_TRANSACTION_TIMEOUT_MS, LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS } from './pool.ts';

/** Prisma for consoles, catalogues and reads. The money path uses pg with arrays. */
export function prisma(): PrismaClient {
  return singleton('db.prisma', () => {
    const adapter = new PrismaPg({
      connectionString: config().APP_DATABASE_URL,
      max: 5,
      connectionTimeoutMillis: ACQUIRE_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      lock_timeout: LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
      application_name: 'countinghouse-prisma',
    });
    return new PrismaClient({ adapter });
  });
}
