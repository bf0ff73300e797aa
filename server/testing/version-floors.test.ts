import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { missingPlatformPackages, readLockfile } from '../../scripts/lockfile.ts';

const LOCKFILES = ['package-lock.json', 'tools/node/package-lock.json'];
const FLOORS: Record<string, string> = JSON.parse(readFileSync('floors.json', 'utf8'));

test.each(Object.entries(FLOORS))('%s is installed in version %s or newer', (name, floor) => {
  const { version } = readLockfile().packages[`node_modules/${name}`] ?? {};
  expect(version).toBeDefined();
  expect(compareVersions(version ?? '', floor)).toBeGreaterThanOrEqual(0);
});

test('an older version is noticed', () => {
  expect(compareVersions('16.3.2', '16.3.3')).toBeLessThan(0);
  expect(compareVersions('16.10.0', '16.3.3')).toBeGreaterThan(0);
  expect(compareVersions('18.4.0-beta.9', '18.4.0-beta.17')).toBeLessThan(0);
});

test.each(LOCKFILES)('%s names no download host', (file) => {
  const withHost = Object.entries(readLockfile(file).packages).filter(([, entry]) => entry.resolved);
  expect(withHost).toEqual([]);
});

test.each(LOCKFILES)('%s names the packages of every platform, so that npm ci accepts it', (file) => {
  expect([...missingPlatformPackages(readLockfile(file)).keys()]).toEqual([]);
});

function compareVersions(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true });
}
