import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, test } from 'vitest';
import { FLOWS } from '../crash-points/flows/index.ts';
import { OPERATIONS } from '../interleavings/operations.ts';
import { patchesOf, plant, plantedSources } from './bug.ts';
import { bugById, PLANTED_BUGS } from './bugs/index.ts';
import { type Found, hunt, timeoutMs } from './hunt.ts';
import { LEVELS, type Level, type LevelRun } from './levels.ts';

const ROOT = process.cwd();

test('there are bugs enough, each with a name of its own and a test or level that can see it', () => {
  expect(PLANTED_BUGS.length).toBeGreaterThanOrEqual(24);
  expect(new Set(PLANTED_BUGS.map((bug) => bug.id)).size).toBe(PLANTED_BUGS.length);
  for (const bug of PLANTED_BUGS) {
    expect(patchesOf(bug), bug.id).not.toEqual([]);
    expect([undefined, ...OPERATIONS.map(({ name }) => name)], bug.id).toContain(bug.operation);
    expect([undefined, ...FLOWS.map(({ name }) => name)], bug.id).toContain(bug.flow);
    expect(
      bug.tests.filter((file) => !existsSync(file)),
      bug.id,
    ).toEqual([]);
  }
  expect(() => bugById('nobody')).toThrow('no planted bug');
});

test.each(PLANTED_BUGS.map((bug) => bug.id))('%s can be planted in the sources as they are, and compiles', (id) => {
  for (const [file, source] of plantedSources(bugById(id), ROOT))
    expect(() => stripTypeScriptTypes(source), file).not.toThrow();
});

test('a text that is not there exactly once is an error, not a bug that was never planted', () => {
  const patch = { file: 'a.ts', find: 'one', replace: 'two' };
  expect(plant('one and', [patch])).toBe('two and');
  expect(() => plant('one and one', [patch])).toThrow('a.ts: 2 places instead of one');
  expect(() => plant('nothing', [patch])).toThrow('a.ts: 0 places instead of one');
});

test('nothing is planted in production', () => {
  const preload = 'server/resilience/planted-bugs/preload.ts';
  const start = (env: Record<string, string>) =>
    spawnSync(process.execPath, ['--import', `./${preload}`, '--eval', ''], {
      env: { ...process.env, PLANTED_BUG: 'float-amounts', ...env },
      encoding: 'utf8',
    });
  expect(start({ APP_ENV: 'test' })).toMatchObject({ status: 0 });
  const refused = start({ APP_ENV: 'production' });
  expect(refused.status).not.toBe(0);
  expect(refused.stderr).toContain('no bug is planted in production');
});

describe('a hunt', () => {
  const bug = bugById('float-commission');
  const run = { reached: true, seconds: 1, detail: '' };
  /** A level that says these outcomes, seed after seed. */
  const saying = (outcomes: readonly LevelRun['outcome'][], reached = true): Level => ({
    name: 'said',
    maxSeeds: Number.POSITIVE_INFINITY,
    aim: () => [],
    run: async ({ seed }) => ({ ...run, reached, outcome: outcomes[seed - 1] ?? 'held' }),
  });

  test.each<[string, Level, Partial<Found>]>([
    ['ends with the seed that catches the bug', saying(['held', 'held', 'violated']), { verdict: 'caught', seeds: 3 }],
    ['gives up after the last seed', saying([]), { verdict: 'missed', seeds: 4 }],
    ['shows that a hang caught it', saying(['timed out']), { verdict: 'caught by time-out', seeds: 1 }],
    ['takes a broken harness for no verdict', saying(['broken']), { verdict: 'broken', seeds: 1 }],
    ['proves nothing by what never met the bug', saying(['violated'], false), { verdict: 'not reached', seeds: 1 }],
    ['asks tests no more often than they can differ', { ...saying([]), maxSeeds: 2 }, { verdict: 'missed', seeds: 2 }],
  ])('%s', async (_, level, found) => {
    expect(await hunt(bug, level, { seeds: 4, aim: [], healthySeconds: 1 })).toMatchObject({
      bug: bug.id,
      level: 'said',
      ...found,
    });
  });

  test('waits far longer than the level takes without a bug before it calls that a hang', () => {
    expect(timeoutMs(1)).toBe(60_000);
    expect(timeoutMs(100)).toBe(500_000);
  });
});

test('the model sees a planted bug in a process of its own, and says so when it met none', {
  timeout: 120_000,
}, async () => {
  const model = LEVELS.find((level) => level.name === 'model');
  if (!model) throw new Error('the model is a level');
  const how = { seeds: 3, aim: [], healthySeconds: 10 };
  expect(await hunt(bugById('late-credited'), model, how)).toMatchObject({ verdict: 'caught', level: 'model' });
  expect(await hunt(bugById('errors-swallowed'), model, how)).toMatchObject({ verdict: 'not reached', seeds: 1 });
});
