import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool, run, runInTransaction } from '#db';
import { createTestDatabase, type MigratedDatabase } from '#testing';
import { closeLetters } from './close-letters.ts';
import { type AnsweredCauses, replaceLetters } from './replace-letters.ts';

/** `second` is what only a person can answer. */
const ALL_BUT: AnsweredCauses = { allBut: ['second'] };
let database: MigratedDatabase;
let count = 0;

beforeAll(async () => {
  database = await createTestDatabase('replace_letters');
  process.env.DATABASE_URL = database.url;
});

afterAll(async () => {
  await pool().end();
  await database.drop();
});

/** Tells these causes in their order, in one batch. */
async function tell(subjectId: string, causes: readonly (string | null)[], answered = ALL_BUT): Promise<void> {
  await runInTransaction(async (tx) => {
    const letters = causes.map((cause) => ({ subjectId, cause, tries: 1 }));
    for (const statement of replaceLetters('payout', letters, answered)) await run(tx, statement);
  });
}

async function close(subjectId: string, cause?: string): Promise<string[]> {
  return runInTransaction((tx) =>
    closeLetters(tx, { kind: 'payout', subjectIds: [subjectId], ...(cause && { cause }) }, 'user:1: seen'),
  );
}

/** The open letter, and what stands beside it. */
async function openOf(subjectId: string): Promise<string> {
  const rows = await run<{ cause: string; beside: string | null }>(pool(), {
    text: `select cause, beside from dead_letters where kind = 'payout' and subject_id = $1 and resolved_at is null`,
    values: [subjectId],
  });
  return rows.map(({ cause, beside }) => [cause, beside].filter(Boolean).join(' + ')).join(', ');
}

test.each<[told: readonly (string | null)[], open: string]>([
  [['unknown', 'failed'], 'failed'],
  [['unknown', null], ''],
  [['second'], 'second'],
  [['second', null], 'second'],
  [['second', 'failed'], 'second + failed'],
  [['second', 'unknown', 'failed'], 'second + failed'],
  [['second', 'unknown', null], 'second'],
  [['second', 'second'], 'second'],
  [['failed', 'second'], 'second + failed'],
  [['failed', null, 'second'], 'second'],
  [['failed', 'second', 'unknown', 'second'], 'second + unknown'],
])('%j leaves "%s" open, told one by one or in one batch', async (told, open) => {
  const [batch, single] = [`po_${++count}`, `po_${++count}`];
  await tell(batch, told);
  for (const cause of told) await tell(single, [cause]);
  expect([await openOf(batch), await openOf(single)]).toEqual([open, open]);
});

test('what stood beside a letter is the next one once it is closed', async () => {
  await tell('po_next', ['failed']);
  await tell('po_next', ['second']);
  expect(await close('po_next', 'other')).toEqual([]);
  expect(await close('po_next', 'second')).toEqual(['po_next']);
  expect(await openOf('po_next')).toBe('failed');
  expect(await close('po_next')).toEqual(['po_next']);
  expect(await close('po_next')).toEqual([]);
  expect(await openOf('po_next')).toBe('');
});

test('where news answers a few causes only, the others stay as well', async () => {
  const few: AnsweredCauses = { only: ['unknown'] };
  await tell('po_few', ['failed'], few);
  await tell('po_few', ['unknown'], few);
  expect(await openOf('po_few')).toBe('failed + unknown');
  await tell('po_few', [null], few);
  expect(await openOf('po_few')).toBe('failed');
  await tell('po_few', ['refused'], few);
  await tell('po_few', ['unknown'], few);
  await tell('po_few', [null], few);
  expect(await openOf('po_few')).toBe('failed + refused');
});
