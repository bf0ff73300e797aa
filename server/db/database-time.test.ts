import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Not decided by our time: the provider's side, proofs and measurements. */
const OTHER_TIME = /^server\/(?:psp-simulator|resilience|bench|testing|db\/generated)\//;
/** The clock itself, and a pause that a library counts with the process's clock. */
const KNOWN = ['server/db/database-time.ts', 'server/psp/breaker.ts'];
const OWN_CLOCK = /\bnew Date\(\s*\)|\bDate\.now\b/;

test('what is decided by time is decided by the time of the database', () => {
  const sources = readdirSync('server', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.includes('.test.'))
    .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/'))
    .filter((file) => !OTHER_TIME.test(file));
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.filter((file) => OWN_CLOCK.test(readFileSync(file, 'utf8'))).sort()).toEqual(KNOWN);
});
