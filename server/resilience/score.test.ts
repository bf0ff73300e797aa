import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withScore } from './score.ts';

const PLACE = 'before\n<!-- score: npm run score -->\nold\n<!-- /score -->\nafter\n';

test('the published score is what the published reports say (npm run score)', () => {
  const page = readFileSync('docs/reliability.md', 'utf8');
  expect(withScore(page, process.cwd())).toBe(page);
});

test('it says what was not run, what broke and what never happened', () => {
  const root = mkdtempSync(join(tmpdir(), 'score-'));
  mkdirSync(join(root, 'docs/reliability'), { recursive: true });
  const report = {
    level: 'chaos',
    seed: 7,
    runs: 20,
    operations: 900,
    kills: 3,
    faults: { pause: 2, psp_outage: 3 },
    sometimes: { 'breaker opened': 4, 'UNKNOWN → FAILED': 0 },
    violations: [{ what: 'I1', detail: 'off by one' }],
    seconds: 60,
    commit: 'abc',
  };
  writeFileSync(join(root, 'docs/reliability/chaos.json'), JSON.stringify(report));
  const page = withScore(PLACE, root);
  rmSync(root, { recursive: true });
  expect(page).toMatch(/^before\n/);
  expect(page).toMatch(/\nafter\n$/);
  expect(page).not.toContain('old');
  expect(page).toContain('| `npm run chaos -- --runs 20` | 7 | 20 | 900 | 3 | 5 | 1 | 60 | abc |');
  expect(page).toContain('- struck: pause 2, psp_outage 3');
  expect(page).toContain('- **violation** of I1: off by one');
  expect(page).toContain('- of 2 things that must happen in some run, 1 did; never: UNKNOWN → FAILED');
  expect(page).toContain('| `npm run crash-points` | not run |');
  expect(page).toContain('Planted bugs: not hunted.');
});

test('a page without a place for it is refused', () => {
  expect(() => withScore('no place', '.')).toThrow('the page has no lines');
});
