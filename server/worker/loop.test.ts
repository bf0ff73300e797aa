import { expect, test, vi } from 'vitest';
import { currentRequestId } from '#observability';
import { startLoop } from './loop.ts';

const HOUR = 3_600_000;
const never = (error: unknown) => {
  throw error;
};

test('as long as there is work, rounds follow each other without a pause; then it waits', async () => {
  let left = 5;
  let rounds = 0;
  const loop = startLoop({
    run: async () => {
      rounds += 1;
      return left > 0 ? left-- : 0;
    },
    idleMs: HOUR,
    onError: never,
  });
  await vi.waitFor(() => expect(rounds).toBe(6));
  await loop.stop();
  expect(rounds).toBe(6);
});

test('a loop that breathes pauses between rounds with work, so that what comes meanwhile shares the next', async () => {
  const breathMs = 30;
  const begun: number[] = [];
  const run = async () => {
    begun.push(performance.now());
    return begun.length < 3 ? 1 : 0;
  };
  const loop = startLoop({ run, idleMs: HOUR, breathMs, onError: never });
  await vi.waitFor(() => expect(begun).toHaveLength(3));
  await loop.stop();
  // Timers are rounded to the millisecond.
  for (const [place, at] of begun.slice(1).entries())
    expect(at - (begun[place] as number)).toBeGreaterThanOrEqual(breathMs - 1);
});

test('a wake ends the pause at once', async () => {
  let rounds = 0;
  const run = async () => {
    rounds += 1;
    return 0;
  };
  const loop = startLoop({ run, idleMs: HOUR, onError: never });
  await vi.waitFor(() => expect(rounds).toBe(1));
  await new Promise((done) => setImmediate(done));
  loop.wake();
  await vi.waitFor(() => expect(rounds).toBe(2));
  await loop.stop();
});

test('a wake that comes while a round runs is not lost: what it announced may have come too late for that round', async () => {
  let rounds = 0;
  let release = () => {};
  const loop = startLoop({
    run: async () => {
      rounds += 1;
      if (rounds === 1)
        await new Promise<void>((done) => {
          release = done;
        });
      return 0;
    },
    idleMs: HOUR,
    onError: never,
  });
  await vi.waitFor(() => expect(rounds).toBe(1));
  loop.wake();
  release();
  await vi.waitFor(() => expect(rounds).toBe(2));
  await loop.stop();
});

test('an error is reported and does not end the loop', async () => {
  const errors: unknown[] = [];
  let rounds = 0;
  const loop = startLoop({
    run: async () => {
      rounds += 1;
      if (rounds === 1) throw new Error('away');
      return 0;
    },
    idleMs: HOUR,
    onError: (error) => errors.push(error),
  });
  await vi.waitFor(() => expect(errors).toMatchObject([{ message: 'away' }]));
  loop.wake();
  await vi.waitFor(() => expect(rounds).toBe(2));
  await loop.stop();
});

test('stop waits for the round under way and starts no other', async () => {
  let rounds = 0;
  let release = () => {};
  const loop = startLoop({
    run: async () => {
      rounds += 1;
      await new Promise<void>((done) => {
        release = done;
      });
      return 100;
    },
    idleMs: 0,
    onError: never,
  });
  await vi.waitFor(() => expect(rounds).toBe(1));
  let stopped = false;
  const stopping = loop.stop().then(() => {
    stopped = true;
  });
  await new Promise((done) => setImmediate(done));
  expect(stopped).toBe(false);
  release();
  await stopping;
  expect(rounds).toBe(1);
});

test('a loop that ends no round well falls silent, and one that does is heard again', async () => {
  let broken = true;
  const loop = startLoop({
    run: async () => {
      if (broken) throw new Error('away');
      return 0;
    },
    idleMs: HOUR,
    onError: () => undefined,
  });
  await vi.waitFor(() => expect(loop.silence()).toBeGreaterThan(50));
  broken = false;
  const silentFor = loop.silence();
  await vi.waitFor(() => {
    loop.wake();
    expect(loop.silence()).toBeLessThan(silentFor);
  });
  await loop.stop();
});

test('every round has an id of its own, which its log lines carry', async () => {
  const ids = new Set<string | undefined>();
  const run = async () => {
    ids.add(currentRequestId());
    return ids.size < 3 ? 1 : 0;
  };
  const loop = startLoop({ run, idleMs: HOUR, onError: never });
  await vi.waitFor(() => expect(ids.size).toBe(3));
  await loop.stop();
  for (const id of ids) expect(id).toMatch(/^round_/);
});
