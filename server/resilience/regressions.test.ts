import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AppError, parseAmount } from '#kernel';
import { createPosting } from '#ledger';

/**
 * Bugs that comparable projects shipped, each a test of that name; docs/reliability.md has the table. Here are those that need
 * no database. T-R1 stands with the refunds, T-F3 and T-F9 with the processes that they restart.
 */
describe('T-R2 (Hyperswitch 13182): a negative amount passed validation', () => {
  test.each(['-60.00', '-0.01', '0', '0.00', '-0', '+1', ' 1', '1e2'])('%s is no amount', (text) => {
    expect(() => parseAmount(text, 'USD')).toThrow(AppError);
  });

  test('a posting that moves nothing, or from an account to itself, is no posting', () => {
    const fact = { kind: 'order_captured', sourceId: 'order', effectiveAt: new Date() } as const;
    const account = (ownerId: string) => ({ kind: 'buyer', ownerId, currency: 'USD' }) as const;
    const legs = (a: string, b: string, amountMinor: bigint) => [
      { account: account(a), amountMinor },
      { account: account(b), amountMinor: -amountMinor },
    ];
    expect(() => createPosting({ ...fact, legs: legs('a', 'b', 0n) })).toThrow();
    expect(() => createPosting({ ...fact, legs: legs('a', 'a', 5n) })).toThrow();
    expect(createPosting({ ...fact, legs: legs('a', 'b', 5n) }).legs).toHaveLength(2);
  });
});

/** Modules that open connections: the pools themselves, the listener for notifications, the job queue, the test side. */
const MAY_CONNECT = ['db', 'jobs', 'worker', 'psp-simulator', 'testing', 'bench', 'resilience'];
const CONNECTS = /\bnew\s+(?:pg\.)?(?:Pool|Client|PrismaClient|PrismaPg)\b|\bcreatePool\s*\(/;
const REPLICA = /replica|standby|read_?only_?(?:url|pool)/i;
/** Where the one place that opens pools takes its address from. */
const ADDRESS = /(?:connectionString|url)\s*:\s*([^,}\n]+)/g;
const PRIMARY = ['url', 'config().APP_DATABASE_URL', 'ownerUrl'];

/** Every way in which a source could read money from somewhere else than the primary. */
function readsElsewhere(file: string, source: string): string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const [, module = ''] = file.split('/');
  const problems: string[] = [];
  if (!MAY_CONNECT.includes(module)) {
    if (CONNECTS.test(code))
      problems.push(`${file}: opens a connection of its own; use pool(), lanePool() or prisma()`);
    if (REPLICA.test(code)) problems.push(`${file}: speaks of a replica`);
  }
  if (module === 'db')
    for (const [, address = ''] of code.matchAll(ADDRESS))
      if (/URL|url/.test(address) && !PRIMARY.includes(address.trim()) && !/^(?:string|readonly)/.test(address.trim()))
        problems.push(`${file}: connects to ${address.trim()}, which is not the primary`);
  return problems;
}

function sourcesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.includes('.test.'))
    .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/'))
    .filter((file) => !file.includes('/generated/') && !file.endsWith('/testkit.ts'));
}

describe('Replica (elizaOS 11331): an idempotency check read from a replica, and a refund went out twice', () => {
  test('no module reads money through anything but the pools of the primary', () => {
    const files = sourcesOf('server');
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap((file) => readsElsewhere(file, readFileSync(file, 'utf8')))).toEqual([]);
  });

  test('there is one address of the database, and the application reads no other', () => {
    const names = readFileSync('server/config/config.ts', 'utf8').match(/\b[A-Z_]*DATABASE_URL\b/g) ?? [];
    expect([...new Set(names)].toSorted()).toEqual([
      'APP_DATABASE_URL',
      'DATABASE_URL',
      // The simulator's own, which the application never opens.
      'PSP_DATABASE_URL',
    ]);
  });

  test.each([
    ['server/payments/a.ts', 'const reader = new pg.Pool({ connectionString: other });'],
    ['server/ledger/a.ts', 'const reader = createPool({ url: config().REPLICA_URL, max: 2 });'],
    ['server/idempotency/a.ts', 'await run(replicaPool(), statement);'],
    ['server/wallet/a.ts', 'const client = new PrismaClient({ adapter });'],
    ['server/db/replica.ts', 'export const read = () => createPool({ url: config().READ_DATABASE_URL, max: 2 });'],
  ])('%s with a connection to elsewhere is noticed', (file, source) => {
    expect(readsElsewhere(file, source).length).toBeGreaterThan(0);
  });
});
