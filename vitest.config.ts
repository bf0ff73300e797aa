import { defineConfig } from 'vitest/config';

const DATABASE_TESTS = '**/*.db.test.ts';
const OURS = ['server', 'components', 'app', 'prisma', 'scripts'].map((folder) => `${folder}/**/*.test.{ts,tsx}`);

/** `unit` is pure and needs nothing; `db` runs against a real Postgres that its global setup starts. */
export default defineConfig({
  test: {
    watch: false,
    projects: [
      {
        test: {
          name: 'unit',
          include: OURS,
          exclude: [DATABASE_TESTS, '**/node_modules/**'],
          // Properties over many thousand cases take their time on a busy machine.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'db',
          include: [`server/${DATABASE_TESTS}`, `prisma/${DATABASE_TESTS}`, `scripts/${DATABASE_TESTS}`],
          globalSetup: 'server/testing/global-setup.ts',
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
