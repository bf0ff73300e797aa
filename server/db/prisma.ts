import { PrismaPg } from '@prisma/adapter-pg';
import { config } from '#config';
import { singleton } from '#kernel';
import { PrismaClient } from './generated/client.ts';

/** Prisma for consoles, catalogues and reads. The money path uses pg with arrays. */
export function prisma(): PrismaClient {
  return singleton('db.prisma', () => {
    const adapter = new PrismaPg({
      connectionString: config().APP_DATABASE_URL,
      max: 5,
      connectionTimeoutMillis: 2_000,
      application_name: 'countinghouse-prisma',
    });
    return new PrismaClient({ adapter });
  });
}
