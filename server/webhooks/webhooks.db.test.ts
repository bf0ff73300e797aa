import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pool } from '#db';
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

const SECRET = 'whsec_a_secret_of_these_tests_only_1';
const FORMER_SECRET = 'whsec_a_secret_of_these_tests_only_0';
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('webhooks', {
    env: { PSP_WEBHOOK_SECRET: SECRET, PSP_WEBHOOK_SECRET_PREVIOUS: FORMER_SECRET },
  });
});

beforeEach(async () => {
  await drain();
});

afterAll(() => system.stop());

const sign = (body: string | Buffer, { secret = SECRET, ageSeconds = 0 } = {}) =>
  signWebhook(body, { secret, ageSeconds });
const eventBody = (type: string, object: object, id?: string) => webhookEvent(type, object, id ? { id } : {});
const intentOf = webhookIntent;

async function receive(body: string): Promise<void> {
  await receiveWebhook(Buffer.from(body), sign(body));
}

async function drain(): Promise<void> {
  while ((await handleInbox(200)) > 0);
}

async function inbox(): Promise<{ event_id: string; state: string; verdict: string | null; tries: number }[]> {
  const { rows } = await pool().query('select event_id, state, verdict, tries from webhook_inbox order by id');
  return rows;
}

const inboxOf = async (id: string) => (await inbox()).find((row) => row.event_id === id);

/** A payment whose charge was made and whose answer was cut: an attempt in the dark, and what the provider knows of it. */
async function paymentInTheDark(): Promise<{
  checkoutId: string;
  orderId: string;
  attemptId: string;
  chargeId: string;
}> {
  const request = samplePayment();
  system.wire.rule(async (_, forward) => {
    await forward();
    return 'cut';
  });
  await takePayment(request, 'key:shop', { waitMs: 0 });
  await system.reaches(request.checkoutId, 'UNKNOWN');
  system.wire.rule();
  const orderId = request.orders[0]?.paymentOrderId ?? '';
  const [charge] = await system.charges(orderId);
  return { checkoutId: request.checkoutId, orderId, attemptId: charge?.attempt_id ?? '', chargeId: charge?.id ?? '' };
}

async function stateOf(orderId: string): Promise<string> {
  const { rows } = await pool().query<{ state: string }>(
    'select state from payment_orders where payment_order_id = $1',
    [orderId],
  );
  return rows[0]?.state ?? 'absent';
}

async function entryCount(): Promise<bigint> {
  const { rows } = await pool().query<{ count: bigint }>('select count(*) from ledger_entries');
  return rows[0]?.count ?? 0n;
}

describe('only what the provider signed, lately and byte for byte, is stored', () => {
  const body = eventBody('payment_intent.succeeded', intentOf('att_x'), 'evt_forged');
  const bytes = Buffer.from(body);
  test.each<[string, Buffer, string | null]>([
    ['no signature', bytes, null],
    ['an empty signature', bytes, ''],
    ['nonsense', bytes, 'nonsense'],
    ['another secret', bytes, sign(body, { secret: 'whsec_a_secret_of_somebody_else_0' })],
    ['the demo secret', bytes, sign(body, { secret: 'whsec_simulator_demo_signing_secret_000000' })],
    ['an age of six minutes', bytes, sign(body, { ageSeconds: 360 })],
    ['a time six minutes to come', bytes, sign(body, { ageSeconds: -360 })],
    ['a time far to come', bytes, sign(body, { ageSeconds: -10_000_000_000 })],
    ['two timestamps', bytes, `t=1,${sign(body)}`],
    ['a timestamp with more behind it', bytes, sign(body).replace(',', 'x,')],
    ['no body', Buffer.alloc(0), sign('')],
    ['a byte order mark before the signed body', Buffer.from(`\ufeff${body}`), sign(body)],
    ['bytes that are no UTF-8', Buffer.concat([bytes, Buffer.from([0xff])]), sign(`${body}\ufffd`)],
    ['bytes that are no UTF-8, signed', Buffer.from([0xff, 0xfe]), sign(Buffer.from([0xff, 0xfe]))],
    ['half a character', Buffer.from('{"a":"\u00e9"}').subarray(0, 7), sign('{"a":"\ufffd')],
    ['one byte more', Buffer.from(`${body} `), sign(body)],
    ['another amount', Buffer.from(body.replace('2999', '9999')), sign(body)],
    ['a timestamp that was not signed', bytes, sign(body).replace(/t=\d+/, `t=${Math.floor(Date.now() / 1_000) + 5}`)],
    ['no timestamp', bytes, sign(body).replace(/t=\d+,/, '')],
    ['an older scheme', bytes, sign(body).replace('v1=', 'v0=')],
    ['half of a signature', bytes, sign(body).slice(0, -32)],
    ['upper-case hex of nothing', bytes, `t=${Math.floor(Date.now() / 1_000)},v1=${'A'.repeat(64)}`],
    ['a header of ten kilobytes', bytes, `t=1,${'v1=00,'.repeat(1_700)}`],
  ])('%s is refused', async (_, raw, signature) => {
    await expect(receiveWebhook(raw, signature)).rejects.toMatchObject({ code: 'signature_invalid', status: 400 });
    expect(await inboxOf('evt_forged')).toBeUndefined();
  });

  test('during a rotation the former secret is accepted beside the new one, and several signatures in one header', async () => {
    const [first, second, third] = ['evt_new_secret', 'evt_former_secret', 'evt_both'].map((id) =>
      eventBody('ping', {}, id),
    ) as [string, string, string];
    await receiveWebhook(Buffer.from(first), sign(first));
    await receiveWebhook(Buffer.from(second), sign(second, { secret: FORMER_SECRET }));
    const stranger = sign(third, { secret: 'whsec_a_secret_of_somebody_else_0' }).split(',')[1];
    await receiveWebhook(Buffer.from(third), sign(third).replace(',', `,${stranger},`));
    expect((await inbox()).map((row) => row.event_id)).toEqual(
      expect.arrayContaining(['evt_new_secret', 'evt_former_secret', 'evt_both']),
    );
  });

  test.each([
    ['no JSON', '{"id": "evt_1", '],
    ['null', 'null'],
    ['a number', '42'],
    ['a list', '[]'],
    ['an object that is no event', '{}'],
    ['an event without an id', webhookEvent('ping', {}, { id: undefined })],
    ['an event whose id is a number', webhookEvent('ping', {}, { id: 7 })],
    ['an event with a NUL in its id', webhookEvent('ping', {}, { id: 'evt_\0' })],
    ['an event with half a character in its id', webhookEvent('ping', {}, { id: 'evt_\ud800' })],
    ['an event with an endless id', webhookEvent('ping', {}, { id: 'e'.repeat(256) })],
    ['an event of a type that is no word', webhookEvent('a type', {})],
    ['an event that does not say its mode', webhookEvent('ping', {}, { livemode: undefined })],
    ['JSON with a NUL in it', webhookEvent('ping', {}).replace('ping', 'pi\0ng')],
    ['a hundred thousand brackets', '['.repeat(100_000)],
    ['an event without data', '{"id":"evt_no_data","object":"event","type":"payment_intent.succeeded"}'],
  ])('a signed body that is %s is refused as malformed and stores nothing', async (_, text) => {
    const before = (await inbox()).length;
    await expect(receive(text)).rejects.toMatchObject({ code: 'json_malformed' });
    expect(await inbox()).toHaveLength(before);
  });
});

test.each([
  ['of live mode', { livemode: true }],
  ['of a connected account', { account: 'acct_somebody' }],
  ['of an account without a name', { account: '' }],
])('a signed event %s is refused and stores nothing', async (_, change) => {
  const before = (await inbox()).length;
  await expect(receive(webhookEvent('ping', {}, change))).rejects.toMatchObject({ code: 'event_not_ours' });
  expect(await inbox()).toHaveLength(before);
});

test('five minutes of difference between the clocks are allowed, both ways', async () => {
  for (const ageSeconds of [290, -290]) {
    const body = webhookEvent('ping', {});
    await expect(receiveWebhook(Buffer.from(body), sign(body, { ageSeconds }))).resolves.toBeUndefined();
  }
});

test('what a body is made of cannot harm the reader: prototypes, ten thousand levels, keys twice', async () => {
  const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
  const evil = `{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"a":1,"a":2,"deep":${deep}}`;
  for (const type of ['payment_intent.succeeded', 'an.unheard_of.type']) {
    await receive(webhookEvent(type, 'OBJECT', { id: `evt_evil_${type}` }).replace('"OBJECT"', evil));
    await drain();
    expect(await inboxOf(`evt_evil_${type}`)).toMatchObject({ state: 'handled', verdict: 'ignored' });
  }
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('one event sent fifty times at once is stored once and applied once', async () => {
  const { attemptId, orderId, chargeId } = await paymentInTheDark();
  const body = eventBody('payment_intent.succeeded', intentOf(attemptId, { latest_charge: chargeId }), 'evt_fifty');
  await Promise.all(Array.from({ length: 50 }, () => receive(body)));
  expect((await inbox()).filter((row) => row.event_id === 'evt_fifty')).toHaveLength(1);
  const before = await entryCount();
  await Promise.all([handleInbox(200), handleInbox(200), handleInbox(200)]);
  await drain();
  expect(await stateOf(orderId)).toBe('SUCCESS');
  expect(await entryCount()).toBe(before + 3n);
  await receive(body);
  await drain();
  expect(await inboxOf('evt_fifty')).toMatchObject({ state: 'handled', verdict: 'applied', tries: 1 });
  expect(await entryCount()).toBe(before + 3n);
});

test('the same news in many events, in any order and among older news, changes the order once', async () => {
  const { attemptId, orderId, chargeId } = await paymentInTheDark();
  const success = intentOf(attemptId, { latest_charge: chargeId });
  const bodies = [
    eventBody('payment_intent.succeeded', success),
    eventBody('payment_intent.processing', intentOf(attemptId, { status: 'processing', amount_received: 0 })),
    eventBody(
      'payment_intent.payment_failed',
      intentOf(attemptId, { status: 'requires_payment_method', last_payment_error: { code: 'card_declined' } }),
    ),
    eventBody('payment_intent.canceled', intentOf(attemptId, { status: 'canceled' })),
    eventBody('payment_intent.succeeded', success),
    eventBody('charge.succeeded', { id: 'ch_told' }),
    eventBody('charge.dispute.created', { id: 'dp_1' }),
    eventBody('an.unheard_of.type', { anything: [] }),
  ];
  const before = await entryCount();
  for (const body of bodies) await receive(body);
  await drain();
  expect(await stateOf(orderId)).toBe('SUCCESS');
  expect(await entryCount()).toBe(before + 3n);
  for (const body of bodies.toReversed()) await receive(body);
  await drain();
  expect(await entryCount()).toBe(before + 3n);
  expect((await inbox()).filter((row) => row.state !== 'handled')).toEqual([]);
});

test('an event about an attempt that is not ours, or about none, is kept and ignored', async () => {
  await receive(eventBody('payment_intent.succeeded', intentOf('order_of_somebody_else'), 'evt_stranger'));
  await receive(eventBody('payment_intent.succeeded', intentOf(undefined), 'evt_nobody'));
  await receive(eventBody('payment_intent.succeeded', intentOf('att_x', { metadata: null }), 'evt_bare'));
  await drain();
  for (const id of ['evt_stranger', 'evt_nobody', 'evt_bare'])
    expect(await inboxOf(id)).toMatchObject({ state: 'handled', verdict: 'ignored' });
});

test('a wrong amount in a signed event is not credited', async () => {
  const { attemptId, orderId, chargeId } = await paymentInTheDark();
  const before = await entryCount();
  await receive(
    eventBody(
      'payment_intent.succeeded',
      intentOf(attemptId, { latest_charge: chargeId, amount_received: 2_998 }),
      'evt_amount',
    ),
  );
  await drain();
  expect(await stateOf(orderId)).toBe('MANUAL_REVIEW');
  expect(await entryCount()).toBe(before);
  await receive(eventBody('payment_intent.succeeded', intentOf(attemptId, { latest_charge: chargeId })));
  await drain();
  expect(await stateOf(orderId)).toBe('SUCCESS');
});

test('two workers on one inbox of three hundred events apply each once', async () => {
  const dark = [await paymentInTheDark(), await paymentInTheDark(), await paymentInTheDark()];
  for (const { attemptId, chargeId } of dark)
    await Promise.all(
      Array.from({ length: 100 }, () =>
        receive(eventBody('payment_intent.succeeded', intentOf(attemptId, { latest_charge: chargeId }))),
      ),
    );
  const before = await entryCount();
  await Promise.all(Array.from({ length: 2 }, () => drain()));
  for (const { orderId } of dark) expect(await stateOf(orderId)).toBe('SUCCESS');
  expect(await entryCount()).toBe(before + 9n);
  expect((await inbox()).filter((row) => row.state !== 'handled')).toEqual([]);
});

test('an event that can never be applied is tried again a few times and becomes a dead letter; the others are not held up', async () => {
  const [poisoned, good] = [await paymentInTheDark(), await paymentInTheDark()];
  // Something that must not be, so that applying it is refused by the database itself.
  await system.owner.query(
    `insert into captures (payment_order_id, attempt_id, psp_charge_id, amount_minor, currency) values ($1, 'x', 'x', 2999, 'USD')`,
    [poisoned.orderId],
  );
  await receive(
    eventBody(
      'payment_intent.succeeded',
      intentOf(poisoned.attemptId, { latest_charge: poisoned.chargeId }),
      'evt_poison',
    ),
  );
  await receive(
    eventBody('payment_intent.succeeded', intentOf(good.attemptId, { latest_charge: good.chargeId }), 'evt_good'),
  );
  await drain();
  expect(await inboxOf('evt_good')).toMatchObject({ state: 'handled', verdict: 'applied' });
  expect(await inboxOf('evt_poison')).toMatchObject({ state: 'received', tries: 1 });
  expect(await handleInbox(200)).toBe(0);
  for (let tries = 2; tries <= 6; tries += 1) {
    await system.owner.query(`update webhook_inbox set retry_at = now() where state = 'received'`);
    await drain();
  }
  expect(await inboxOf('evt_poison')).toMatchObject({
    state: 'dead',
    tries: 6,
    verdict: expect.stringContaining('captures_one_per_order'),
  });
  const { rows } = await pool().query(
    `select kind, tries from dead_letters where kind = 'webhook' and resolved_at is null`,
  );
  expect(rows).toEqual([{ kind: 'webhook', tries: 6 }]);

  const { rows: dead } = await pool().query<{ id: bigint }>(`select id from webhook_inbox where state = 'dead'`);
  const id = dead[0]?.id ?? 0n;
  await redriveWebhook(id, 'user:1', 'looked at');
  expect(await inboxOf('evt_poison')).toMatchObject({ state: 'received', tries: 0 });
  await expect(redriveWebhook(id, 'user:1', 'twice')).rejects.toMatchObject({ code: 'not_found' });
  const { rows: closed } = await pool().query(`select resolution from dead_letters where kind = 'webhook'`);
  expect(closed).toEqual([{ resolution: 'user:1: looked at' }]);
});

test('an event of a refund of ours that is not here is never ignored: it is tried again, and then a person is told', async () => {
  const refund = { id: 're_1', object: 'refund', amount: 100, currency: 'usd', status: 'succeeded' };
  await receive(eventBody('refund.created', { ...refund, metadata: { refund_id: 'rfd_lost' } }, 'evt_lost_refund'));
  await receive(eventBody('refund.created', { ...refund, metadata: {} }, 'evt_foreign_refund'));
  for (let tries = 1; tries <= 6; tries += 1) {
    await system.owner.query(`update webhook_inbox set retry_at = now() where state = 'received'`);
    await drain();
  }
  expect(await inboxOf('evt_foreign_refund')).toMatchObject({ state: 'handled', verdict: 'ignored', tries: 1 });
  expect(await inboxOf('evt_lost_refund')).toMatchObject({
    state: 'dead',
    tries: 6,
    verdict: 'There is no refund rfd_lost.',
  });
});
