import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { takePayment } from '#payments';
import { type PaymentSystem, samplePayment, startPaymentSystem, type WireAnswer } from '#testing';
import { getWallet } from '#wallet';
import { bookTransactions } from './book-transactions.ts';
import { retryBooking } from './open-questions.ts';
import { readFeed } from './read-feed.ts';

/** What the provider tells so badly at first that nobody can read it. */
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('unreadable');
});

beforeEach(() => system.wire.rule());

afterAll(() => system.stop());

const LIST = '/v1/balance_transactions?';
const ONE = '/v1/balance_transactions/';

/** The answer without the fees in it: what a movement is worth cannot be read from that. */
function withoutFees(answer: WireAnswer): WireAnswer {
  return { ...answer, body: answer.body.replaceAll(/"fee":\s*\d+/g, '"fee":null') };
}

/** Spoils what is told by these paths from now on. */
function spoil(...paths: readonly string[]): void {
  system.wire.rule(async (call, forward) => {
    const answer = await forward();
    return paths.some((path) => call.path.startsWith(path)) ? withoutFees(answer) : answer;
  });
}

async function pay(seller: string): Promise<void> {
  const request = samplePayment({ token: 'tok_bypassPending', orders: [{ seller }] });
  await takePayment(request, 'key:shop', { waitMs: 10_000 });
}

interface Kept {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly cause: string | null;
  readonly letter: string | null;
  readonly resolution: string | null;
}

/** The movement that was kept last, and the newest question about it. */
async function newest(): Promise<Kept | undefined> {
  const { rows } = await system.owner.query<Kept>(
    `select t.id, t.type, t.state, t.cause, d.cause as letter, d.resolution from psp_balance_transactions t
     left join lateral (select * from dead_letters d where d.kind = 'settlement' and d.subject_id = t.id order by d.id desc limit 1) d on true
     order by t.seen_at desc limit 1`,
  );
  return rows[0];
}

/** A charge of which neither the list nor the provider's answer about it can be read, so that a person is asked. */
async function refuse(seller: string): Promise<Kept | undefined> {
  spoil(LIST, ONE);
  await pay(seller);
  await system.settleNow();
  const refused = await newest();
  expect(refused).toMatchObject({ type: 'unreadable', state: 'refused', letter: 'unreadable', resolution: null });
  return refused;
}

test('what could not be read is read afresh when the list tells it again: it is booked, and nobody is asked any more', async () => {
  const refused = await refuse('read_by_list');
  system.wire.rule();
  await system.settleNow();
  expect(await newest()).toEqual({
    ...refused,
    type: 'charge',
    state: 'booked',
    cause: null,
    resolution: 'settlement: it could be read now',
  });
  expect((await getWallet('read_by_list')).balances).toMatchObject([{ pending: '0.00', available: '29.25' }]);
  expect(await system.problems()).toEqual([]);
});

test('what only the list could not tell is asked for by its id before anybody is told, and booked', async () => {
  spoil(LIST);
  await pay('read_by_id');
  await system.settleNow();
  expect(await newest()).toMatchObject({ type: 'charge', state: 'booked', letter: null });
  expect((await getWallet('read_by_id')).balances).toMatchObject([{ pending: '0.00', available: '29.25' }]);
  expect(await system.problems()).toEqual([]);
});

test('a person who has it tried again has it asked for again: the list has passed over it long ago', async () => {
  const refused = await refuse('read_by_hand');
  system.wire.rule(async (call, forward) => (call.path.startsWith(LIST) ? 'cut' : forward()));
  await retryBooking(refused?.id ?? '', 'user:1', 'the provider has mended it');
  while ((await bookTransactions(100)) > 0);
  expect(await newest()).toMatchObject({
    type: 'charge',
    state: 'booked',
    resolution: 'user:1: the provider has mended it',
  });
  system.wire.rule();
  await system.settleNow();
  expect((await getWallet('read_by_hand')).balances).toMatchObject([{ pending: '0.00', available: '29.25' }]);
  expect(await system.problems()).toEqual([]);
});

test('a provider that does not say what it is is asked later: that is no refusal', async () => {
  system.wire.rule(async (call, forward) => {
    if (call.path.startsWith(ONE)) return 'cut';
    const answer = await forward();
    return call.path.startsWith(LIST) ? withoutFees(answer) : answer;
  });
  await pay('read_later');
  await system.settleNow();
  expect(await newest()).toMatchObject({
    type: 'unreadable',
    state: 'waiting',
    cause: 'fails: the provider does not say what it is',
    letter: null,
  });
  system.wire.rule();
  await system.settleNow();
  expect(await newest()).toMatchObject({ type: 'charge', state: 'booked', letter: null });
  expect(await system.problems()).toEqual([]);
});

test('one that is read while somebody is about to refuse it is not refused', async () => {
  spoil(LIST);
  await pay('read_meanwhile');
  await system.owner.query('update psp_feeds set read_at = now()');
  expect(await readFeed()).toBeGreaterThan(0);
  expect(await newest()).toMatchObject({ type: 'unreadable', state: 'waiting' });
  system.wire.rule(async (call, forward) => {
    const answer = await forward();
    if (!call.path.startsWith(ONE)) return answer;
    await system.owner.query('update psp_feeds set read_at = now()');
    await readFeed();
    return withoutFees(answer);
  });
  await bookTransactions(100);
  expect(await newest()).toMatchObject({ type: 'charge', state: 'waiting', cause: null });
  system.wire.rule();
  while ((await bookTransactions(100)) > 0);
  expect(await newest()).toMatchObject({ type: 'charge', state: 'booked', letter: null });
  expect(await system.problems()).toEqual([]);
});
