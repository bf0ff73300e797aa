import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { countOpenDeadLetters, listDeadLetters } from '#dead-letters';
import { observeCheckpoints } from '#kernel';
import { takePayment } from '#payments';
import {
  type PaymentSystem,
  samplePayment,
  signWebhook,
  startPaymentSystem,
  webhookEvent,
  webhookIntent,
} from '#testing';
import { handleInbox } from './handle-inbox.ts';
import { receiveWebhook } from './receive-webhook.ts';
import { redriveWebhook } from './redrive-webhook.ts';
import { inboxHealth } from './webhooks.queries.ts';

/** What holds when an event cannot be handled: it waits alone, is tried again, and in the end somebody is told. */
const SECRET = 'whsec_a_secret_of_these_tests_only_1';
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('inbox_trouble', { env: { PSP_WEBHOOK_SECRET: SECRET } });
});

afterEach(() => {
  observeCheckpoints(undefined);
  system.wire.rule();
});

afterAll(() => system.stop());

async function receive(type: string, object: object): Promise<string> {
  const body = webhookEvent(type, object);
  await receiveWebhook(Buffer.from(body), signWebhook(body, { secret: SECRET }));
  return (JSON.parse(body) as { id: string }).id;
}

/** A row of the inbox whose payload no provider would send. */
async function insert(eventId: string, payload: string): Promise<void> {
  await system.owner.query(
    `insert into webhook_inbox (source, account, event_id, type, payload) values ('psp', 'platform', $1, 'x', $2)`,
    [eventId, payload],
  );
}

async function inboxOf(eventId: string): Promise<{ id: bigint; state: string; verdict: string | null; tries: number }> {
  const { rows } = await system.owner.query('select id, state, verdict, tries from webhook_inbox where event_id = $1', [
    eventId,
  ]);
  return { ...rows[0], id: BigInt(rows[0].id) };
}

async function handleAfterPause(): Promise<void> {
  await system.owner.query(`update webhook_inbox set retry_at = now() where state = 'received'`);
  await handleInbox(200);
}

/** A payment whose charge was made and whose answer was cut. */
async function paymentInTheDark(): Promise<{ checkoutId: string; attemptId: string; chargeId: string }> {
  const request = samplePayment();
  system.wire.rule(async (_, forward) => {
    await forward();
    return 'cut';
  });
  await takePayment(request, 'key:shop', { waitMs: 0 });
  await system.reaches(request.checkoutId, 'UNKNOWN');
  system.wire.rule();
  const [charge] = await system.charges(request.orders[0]?.paymentOrderId);
  return { checkoutId: request.checkoutId, attemptId: charge?.attempt_id ?? '', chargeId: charge?.id ?? '' };
}

const success = (dark: { attemptId: string; chargeId: string }) =>
  receive('payment_intent.succeeded', webhookIntent(dark.attemptId, { latest_charge: dark.chargeId }));
/** An event that makes us ask the provider. */
const thin = (attemptId: string) =>
  receive('checkout.session.completed', { id: 'cs_told', object: 'checkout.session', client_reference_id: attemptId });

test('rows that cannot be read stop nobody, are tried again alone, and become dead letters that show no secret', async () => {
  const dark = await paymentInTheDark();
  await insert('evt_no_json', 'sk_test_0123456789abcdef01234567 4242424242424242');
  await insert('evt_no_event', 'null');
  await insert('evt_no_object', JSON.stringify({ id: 'evt_no_object', type: 'payment_intent.succeeded' }));
  const good = await success(dark);
  await handleInbox(200);
  expect(await inboxOf(good)).toMatchObject({ state: 'handled', verdict: 'applied' });
  const unreadable = ['evt_no_json', 'evt_no_event', 'evt_no_object'];
  for (const id of unreadable) expect(await inboxOf(id)).toMatchObject({ state: 'received', tries: 1 });
  for (let tries = 2; tries <= 6; tries += 1) await handleAfterPause();
  for (const id of unreadable) expect(await inboxOf(id)).toMatchObject({ state: 'dead', tries: 6 });
  expect((await inboxOf('evt_no_json')).verdict).not.toMatch(/0123456789abcdef|4242424242424242/);
  expect(new Map(await countOpenDeadLetters()).get('webhook')).toBe(3);
});

test('an event about an attempt of ours that is not in the database waits, and counts once the attempt is there', async () => {
  const dark = await paymentInTheDark();
  const rename = (from: string, to: string) =>
    system.owner.query(
      `begin; set local session_replication_role = replica;
       update payment_attempts set id = '${to}' where id = '${from}';
       update attempt_orders set attempt_id = '${to}' where attempt_id = '${from}'; commit`,
    );
  await rename(dark.attemptId, 'hidden');
  const id = await success(dark);
  await handleInbox(200);
  expect(await inboxOf(id)).toMatchObject({ state: 'received', tries: 1, verdict: expect.stringContaining('not in') });
  await rename('hidden', dark.attemptId);
  await handleAfterPause();
  expect(await inboxOf(id)).toMatchObject({ state: 'handled', verdict: 'applied' });
  await system.reaches(dark.checkoutId, 'SUCCESS');
});

test('money that this database never heard of, as after the restore of an older copy, ends before a person', async () => {
  const attemptId = `att_${'0'.repeat(32)}`;
  const id = await receive('payment_intent.succeeded', webhookIntent(attemptId));
  for (let tries = 1; tries <= 6; tries += 1) await handleAfterPause();
  const row = await inboxOf(id);
  expect(row).toMatchObject({ state: 'dead', tries: 6 });
  const letter = (await listDeadLetters()).rows.find(({ subjectId }) => subjectId === row.id.toString());
  expect(letter).toMatchObject({ kind: 'webhook', tries: 6, cause: expect.stringContaining(attemptId) });
  await redriveWebhook(row.id, 'user:1', 'restored');
  expect(await inboxOf(id)).toMatchObject({ state: 'received', tries: 0 });
});

test('an event of a dispute that cannot be read ends before a person; one of a charge that is not ours is ignored', async () => {
  const unreadable = { id: 'du_1', object: 'dispute', amount: 2_999, currency: 'usd', status: 'a_new_word' };
  const ours = await receive('charge.dispute.created', { ...unreadable, payment_intent: 'pi_1' });
  const foreign = await receive('charge.dispute.created', { ...unreadable, payment_intent: null });
  for (let tries = 1; tries <= 6; tries += 1) await handleAfterPause();
  expect(await inboxOf(foreign)).toMatchObject({ state: 'handled', verdict: 'ignored' });
  const row = await inboxOf(ours);
  expect(row).toMatchObject({ state: 'dead', tries: 6 });
  const letter = (await listDeadLetters()).rows.find(({ subjectId }) => subjectId === row.id.toString());
  expect(letter).toMatchObject({
    kind: 'webhook',
    cause: 'The event does not plainly say what became of the dispute.',
  });
});

test('an enquiry that hangs or fails holds up no other event', async () => {
  const [asked, told] = [await paymentInTheDark(), await paymentInTheDark()];
  let release = () => {};
  const released = new Promise<void>((done) => {
    release = done;
  });
  system.wire.rule(async (_, forward) => {
    await released;
    return forward();
  });
  const slow = await thin(asked.attemptId);
  await success(told);
  const round = handleInbox(200);
  await system.reaches(told.checkoutId, 'SUCCESS');
  expect(await inboxOf(slow)).toMatchObject({ state: 'received' });
  release();
  await round;
  await system.reaches(asked.checkoutId, 'SUCCESS');
});

test('an enquiry that breaks is put back alone; an event that another worker has handled meanwhile stays handled', async () => {
  const dark = await paymentInTheDark();
  const [broken, overtaken] = [await thin(dark.attemptId), await thin(dark.attemptId)];
  observeCheckpoints(async (point) => {
    if (point !== 'provider:before') return;
    await system.owner.query(
      `update webhook_inbox set state = 'handled', verdict = 'applied', handled_at = now() where event_id = $1`,
      [overtaken],
    );
    throw new Error('the network card is on fire');
  });
  await handleInbox(200);
  observeCheckpoints(undefined);
  expect(await inboxOf(broken)).toMatchObject({ state: 'received', verdict: 'the network card is on fire' });
  expect(await inboxOf(overtaken)).toMatchObject({ state: 'handled', verdict: 'applied' });
  await handleAfterPause();
  await system.reaches(dark.checkoutId, 'SUCCESS');
});

test('T-F18 an event that arrives before the answer to our own call is committed: one end, one notification', async () => {
  const request = samplePayment();
  const orderId = request.orders[0]?.paymentOrderId ?? '';
  let release = () => {};
  const released = new Promise<void>((done) => {
    release = done;
  });
  system.wire.rule(async (_, forward) => {
    const answer = await forward();
    await released;
    return answer;
  });
  const paying = takePayment(request, 'key:shop', { waitMs: 10_000 });
  await expect.poll(async () => (await system.charges(orderId)).length).toBe(1);
  const [charge] = await system.charges(orderId);
  const id = await success({ attemptId: charge?.attempt_id ?? '', chargeId: charge?.id ?? '' });
  await handleInbox(200);
  expect(await inboxOf(id)).toMatchObject({ state: 'handled', verdict: 'applied' });
  release();
  expect((await paying).checkout.orders).toMatchObject([{ status: 'SUCCESS' }]);
  const { rows } = await system.owner.query(`select payload->>'state' as state from outbox where key = $1`, [orderId]);
  expect(rows).toEqual([{ state: 'SUCCESS' }]);
  // Secrets in a payload are what an earlier test is about.
  expect((await system.problems()).filter((problem) => !problem.startsWith('I37:'))).toEqual([]);
});

test('how far the inbox is behind can be read: how many wait, and since when', async () => {
  const before = await inboxHealth();
  await receive('ping', {});
  const behind = await inboxHealth();
  expect(behind.waiting).toBe(before.waiting + 1);
  expect(behind.oldestAt).toBeInstanceOf(Date);
});
