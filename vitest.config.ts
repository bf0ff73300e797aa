import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const DATABASE_TESTS = '**/*.db.test.ts';
const OURS = ['server', 'components', 'app', 'prisma', 'scripts'].map((folder) => `${folder}/**/*.test.{ts,tsx}`);

/** Files that take minutes begin first, so that none of them is left alone at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => moduleId.includes('/server/resilience/');
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** `unit` is pure and needs nothing; `db` runs against a real Postgres that its global setup starts. */
export default defineConfig({
  test: {
    watch: false,
    // On two processors too: a database test waits for Postgres and for other processes half of its time.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
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
