import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { brokenFloors } from './floors.ts';

const FOLDERS = ['app', 'components', 'e2e', 'prisma', 'scripts', 'server'];

test('imports go down only, and from module to module only through its face', () => {
  const files = FOLDERS.flatMap(sourceFiles);
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap((file) => brokenFloors(file))).toEqual([]);
});

test.each([
  ['upwards', 'server/ledger/a.ts', "import { pay } from '#payments';"],
  ['to a neighbour on the same floor', 'server/auth/a.ts', "import { send } from '#jobs';"],
  ['by a dynamic import', 'server/db/a.ts', "const { a } = await import('#ledger');"],
  ['by exporting again', 'server/wallet/a.ts', "export { pay } from '#payments';"],
  ['past the face of a module', 'server/payments/a.ts', "import { a } from '../ledger/chart.ts';"],
  ['over several lines', 'server/kernel/a.ts', "import {\n  config,\n} from '#config';"],
  ['to the simulator', 'server/webhooks/a.ts', "import { a } from '#psp-simulator';"],
  ['from the simulator', 'server/psp-simulator/http/a.ts', "import { pool } from '#db';"],
  ['to test data from the product', 'server/payments/a.ts', "import { freePort } from '#testing';"],
  ['to the database from a page', 'app/page.tsx', "import pg from 'pg';"],
  ['to the database from a router', 'server/trpc/a.ts', "import pg from 'pg';"],
  ['to server code from a component', 'components/a.tsx', "import { appRouter } from '#trpc';"],
  ['to webhooks from another route', 'app/api/other/route.ts', "import { receive } from '#webhooks';"],
  ['from a module without a floor', 'server/novelty/a.ts', "import { pool } from '#db';"],
])('an import %s is an error', (_, file, source) => {
  expect(brokenFloors(file, source)).toHaveLength(1);
});

test.each([
  ['server/payments/a.ts', "import { post } from '#ledger';\nimport { b } from './b.ts';"],
  ['server/psp-simulator/http/a.ts', "import { b } from '../books/b.ts';"],
  ['server/payments/a.db.test.ts', "import { createTestDatabase } from '#testing';"],
  ['components/a.tsx', "import type { AppRouter } from '#trpc';"],
  ['app/api/webhooks/psp/route.ts', "import { receive } from '#webhooks';"],
])('%s keeps the floors', (file, source) => {
  expect(brokenFloors(file, source)).toEqual([]);
});

function sourceFiles(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .filter((file) => !file.includes('/generated/'));
}
