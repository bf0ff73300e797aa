import { expect, test } from 'vitest';
import { judgeBooks } from './books-verdict.ts';

type Health = Parameters<typeof judgeBooks>[0];

const asOf = new Date('2026-01-01T12:00:00Z');
const ago = (seconds: number) => new Date(asOf.getTime() - seconds * 1_000);
const check = (verdict: Health['checks'][number]['verdict']) => ({ verdict }) as Health['checks'][number];
const quiet = {
  asOf,
  checks: [check('holds'), check('holds')],
  lastCheck: { at: ago(30), milliseconds: 100 },
  openAlerts: [],
} as unknown as Health;

test('books that hold are said to hold, and what had nothing to look at is not counted in', () => {
  expect(judgeBooks(quiet)).toMatchObject({ tone: 'positive', title: 'All 2 invariants hold' });
  expect(judgeBooks({ ...quiet, checks: [...quiet.checks, check('skipped')] })).toMatchObject({
    title: '2 invariants hold',
    words: '1 had nothing to look at so far.',
  });
});

test('an open alert comes before everything, also before a check that is old', () => {
  const openAlerts = [{}, {}] as Health['openAlerts'];
  expect(judgeBooks({ ...quiet, lastCheck: { at: ago(9_000), milliseconds: 1 }, openAlerts })).toMatchObject({
    tone: 'negative',
    title: '2 alerts are open',
  });
});

test('a check that is too old is no verdict, and neither is none; a slow check may be older', () => {
  expect(judgeBooks({ ...quiet, lastCheck: null }).tone).toBe('unknown');
  expect(judgeBooks({ ...quiet, lastCheck: { at: ago(181), milliseconds: 100 } })).toMatchObject({
    tone: 'caution',
    words: expect.stringContaining('3 minutes old'),
  });
  expect(judgeBooks({ ...quiet, lastCheck: { at: ago(181), milliseconds: 5_000 } }).tone).toBe('positive');
});
