import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flowNamed } from './flows/index.ts';
import { playWithDeath, rehearse } from './play-flow.ts';
import { runCrashPoints } from './run-crash-points.ts';
import { startTheatre, type Theatre } from './theatre.ts';

const SEED = 1n;
/** Each death starts processes, on a busy machine. */
const TIMEOUT_MS = 60_000;
let theatre: Theatre;

describe('playing a death at every checkpoint can fail', () => {
  beforeAll(async () => {
    theatre = await startTheatre('crash_points');
  });

  afterAll(() => theatre.stop());

  test('what is different at the end is seen, as is a checkpoint that nobody reaches', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const flow = flowNamed('payment');
    const rehearsal = await rehearse(theatre, flow);
    const unreachable = await playWithDeath(theatre, flow, rehearsal, { at: rehearsal.points.length + 1 });
    expect(unreachable).toEqual([`checkpoint ${rehearsal.points.length + 1} was never reached`]);
    const doctored = {
      ...rehearsal,
      end: rehearsal.end.map((line) => line.replace('order ~c1.o1 SUCCESS', 'order ~c1.o1 FAILED')),
    };
    expect(await playWithDeath(theatre, flow, doctored, { at: rehearsal.points.length })).toEqual([
      'before anybody asked again: missing: order ~c1.o1 FAILED 2999 USD 74',
      'before anybody asked again: unexpected: order ~c1.o1 SUCCESS 2999 USD 74',
      'missing: order ~c1.o1 FAILED 2999 USD 74',
      'unexpected: order ~c1.o1 SUCCESS 2999 USD 74',
    ]);
  });

  test('a page that a flow before has left open adds no checkpoint, though it is due', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const alone = await rehearse(theatre, flowNamed('resolver'));
    await rehearse(theatre, flowNamed('three-d-secure'));
    const { rowCount } = await theatre
      .stage()
      .owner.query(`update payment_attempts set resolve_at = now() where state = 'REQUIRES_ACTION'`);
    expect(rowCount).toBeGreaterThan(0);
    expect((await rehearse(theatre, flowNamed('resolver'))).points).toEqual(alone.points);
  });

  test('a flow that was never watched is reported', { timeout: TIMEOUT_MS }, async () => {
    const unwatched = { ...flowNamed('purge'), name: 'purge', act: async () => undefined };
    const silent = {
      ...theatre,
      actors: { ...theatre.actors, play: async () => ({ died: false as const, points: [], told: {} }) },
    };
    const report = await runCrashPoints(silent, { seed: SEED, flows: [unwatched] });
    expect(report.violations).toContainEqual({ what: 'purge', detail: 'has no checkpoint' });
  });
});
