import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { invariantsTable } from './invariants-table.ts';

test('docs/reliability.md has the table of the invariants that are checked (npm run audit -- --table prints it)', () => {
  expect(readFileSync('docs/reliability.md', 'utf8')).toContain(invariantsTable());
});
