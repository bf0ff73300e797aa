import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { pool } from '#db';
import { metrics } from '#observability';
import { takePayment } from '#payments';
import { type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import { booksHealth, openAlerts } from './books-health.queries.ts';
import { checkCoherence } from './check-coherence.ts';
import { INVARIANTS } from './invariants.ts';
import { recordRun } from './record-run.ts';

const SALE = samplePayment();
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('coherence');
  await takePayment(SALE, 'key:shop', { waitMs: 10_000 });
});

beforeEach(restOver);

afterAll(() => system.stop());

/** As if the last check had been made long ago. */
async function restOver(): Promise<void> {
  await system.owner.query(`update audit_verdicts set checked_at = checked_at - interval '1 hour', milliseconds = 1`);
}

/** Somebody with every right changes what an order has earned, past every rule. */
async function corrupt(by: number): Promise<void> {
  const client = await system.owner.connect();
  await client.query('set session_replication_role = replica');
  await client.query('update order_funds set earned_minor = earned_minor + $1', [by]);
  await client.query('reset session_replication_role');
  client.release();
}

const alerts = async () =>
  (await pool().query('select kind, subject, detail, times, resolution from alerts order by id')).rows;

test('books that hold leave a verdict on every invariant, and no alert', async () => {
  const before = await booksHealth();
  expect(before).toMatchObject({ lastCheck: null, openAlerts: [] });
  expect(new Set(before.checks.map((check) => check.verdict))).toEqual(new Set(['unchecked']));
  const verdicts = await checkCoherence();
  expect(verdicts).toHaveLength(INVARIANTS.length);
  expect(await alerts()).toEqual([]);
  const { checks, lastCheck } = await booksHealth();
  expect(checks.map((check) => check.id)).toEqual(INVARIANTS.map((invariant) => invariant.id));
  expect(checks.filter(({ verdict }) => verdict !== 'holds').map(({ id, verdict }) => [id, verdict])).toEqual([
    ['I32', 'skipped'],
  ]);
  expect(lastCheck?.at).toEqual(verdicts?.[0]?.checkedAt);
});

test('a row that a superuser changed is an alert after one run, seen again by the next, and closes once it is repaired', async () => {
  await corrupt(1);
  await checkCoherence();
  const alert = {
    kind: 'invariant',
    subject: 'I14b',
    detail: SALE.orders[0]?.paymentOrderId,
    resolution: null,
  };
  expect(await alerts()).toEqual([{ ...alert, times: 1 }]);
  expect(await metrics().metrics()).toMatch(/^audit_violations\{invariant="I14b"\} 1$/m);
  expect(await metrics().metrics()).toMatch(/^alerts_open 1$/m);
  await restOver();
  await checkCoherence();
  expect(await alerts()).toEqual([{ ...alert, times: 2 }]);
  expect((await booksHealth()).openAlerts).toMatchObject([{ subject: 'I14b', times: 2, resolvedAt: null }]);
  expect(await openAlerts()).toMatchObject({ count: 1, oldestAt: expect.any(Date) });

  await corrupt(-1);
  await restOver();
  await checkCoherence();
  expect(await alerts()).toEqual([{ ...alert, times: 2, resolution: 'the invariant holds again' }]);
  expect(await metrics().metrics()).toMatch(/^audit_violations\{invariant="I14b"\} 0$/m);
  expect(await metrics().metrics()).toMatch(/^alerts_open 0$/m);
  expect(await metrics().metrics()).toMatch(/^audit_duration_seconds 0\.\d+$/m);
  expect(await booksHealth()).toMatchObject({ openAlerts: [], closedAlerts: [{ subject: 'I14b' }] });

  await corrupt(1);
  await restOver();
  await checkCoherence();
  expect((await alerts()).map(({ subject, resolution }) => [subject, resolution])).toEqual([
    ['I14b', 'the invariant holds again'],
    ['I14b', null],
  ]);
  await corrupt(-1);
  await restOver();
  await checkCoherence();
});

test('a check that took long is followed by a rest, except the one over everything', async () => {
  await checkCoherence();
  const tookAMinuteAgo = (milliseconds: number) =>
    system.owner.query(
      `update audit_verdicts set checked_at = now() - interval '60 seconds', milliseconds = case invariant when 'I1' then $1 else 0 end`,
      [milliseconds],
    );
  await tookAMinuteAgo(3_100);
  expect(await checkCoherence()).toBeNull();
  await tookAMinuteAgo(2_900);
  expect(await checkCoherence()).not.toBeNull();
  await system.owner.query(`update audit_verdicts set milliseconds = 100000`);
  const full = await checkCoherence({ inFull: true });
  expect(full?.map((verdict) => verdict.id)).toContain('I8 in full');
});

test('what the check over everything found stays open until the next one over everything', async () => {
  const [verdict] = (await checkCoherence()) ?? [];
  if (!verdict) throw new Error('the check was made');
  const inFull = { ...verdict, id: 'I8 in full', violations: 1, subjects: ['seal 1'] };
  await recordRun([inFull]);
  await restOver();
  await checkCoherence();
  expect((await booksHealth()).openAlerts).toMatchObject([{ subject: 'I8 in full', detail: 'seal 1' }]);
  await checkCoherence({ inFull: true });
  expect((await booksHealth()).openAlerts).toEqual([]);
});

test('a run that was overtaken closes nothing and overwrites nothing', async () => {
  const [verdict] = (await checkCoherence()) ?? [];
  if (!verdict) throw new Error('the check was made');
  const earlier = { ...verdict, checkedAt: new Date(verdict.checkedAt.getTime() - 5_000) };
  await recordRun([{ ...verdict, violations: 7, subjects: ['one', 'two'] }]);
  expect((await recordRun([earlier])).closed).toEqual([]);
  expect((await booksHealth()).openAlerts).toMatchObject([
    { subject: 'I1', detail: '7 violations, for example one, two' },
  ]);
  await restOver();
  await checkCoherence();
  expect((await booksHealth()).openAlerts).toEqual([]);
});

test('a check that cannot be made is an alert itself, until one is made again', async () => {
  await system.owner.query('alter table outbox rename to elsewhere');
  await expect(checkCoherence()).rejects.toMatchObject({ code: '42P01' });
  await system.owner.query('alter table elsewhere rename to outbox');
  expect((await booksHealth()).openAlerts).toMatchObject([
    { kind: 'check', subject: 'books', detail: expect.stringContaining('outbox') },
  ]);
  await checkCoherence();
  expect((await booksHealth()).openAlerts).toEqual([]);
});

test('of checks at the same time each alert is opened once', async () => {
  await corrupt(1);
  await Promise.all([checkCoherence(), checkCoherence(), checkCoherence()]);
  expect((await booksHealth()).openAlerts).toMatchObject([{ subject: 'I14b', times: 3 }]);
  await corrupt(-1);
  await restOver();
  await checkCoherence();
  expect((await booksHealth()).openAlerts).toEqual([]);
});
