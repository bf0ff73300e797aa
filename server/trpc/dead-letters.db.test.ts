import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '#auth';
import { lanePool } from '#db';
import { applyOutcomes, resolveAttempts, takePayment } from '#payments';
import { openRefunds, submitRefunds } from '#refunds';
import { type PaymentSystem, samplePayment, startPaymentSystem } from '#testing';
import { createCaller } from './root.ts';

let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('dead_letters');
});

afterAll(() => system.stop());

const admin = (role: Role) =>
  createCaller({
    actor: { userId: 'user_1', role, sellerId: null, sellerName: null, name: 'One', email: 'one@example.test' },
    requestId: 'req_test',
  }).admin;
const as = (role: Role) => admin(role).deadLetters;
const payments = (role: Role) => admin(role).payments;

/** A payment whose PSP stays silent until its retries are used up; the charge exists there. */
async function givenUp() {
  const request = samplePayment({ token: 'tok_answer_lost' });
  await takePayment(request, 'key:shop', { waitMs: 0 });
  const { checkoutId } = request;
  await system.reaches(checkoutId, 'UNKNOWN');
  const { rows } = await system.owner.query<{ id: string }>('select id from payment_attempts where checkout_id = $1', [
    checkoutId,
  ]);
  const attemptId = rows[0]?.id ?? '';
  const silence = { attemptId, outcome: { kind: 'unknown' as const, reason: 'silence' }, actor: 'resolver' as const };
  for (let retry = 0; retry < 6; retry += 1) await applyOutcomes(lanePool(), [silence]);
  await system.reaches(checkoutId, 'MANUAL_REVIEW');
  return { checkoutId, attemptId };
}

test('a payment given to a person is asked about again on their word, reaches its true state, and the word is kept', async () => {
  const { checkoutId, attemptId } = await givenUp();
  expect((await as('support').list()).rows).toMatchObject([{ subjectId: attemptId, wayOut: 'try_again' }]);
  await as('finance').tryAgain({ kind: 'attempt', subjectId: attemptId, reason: 'the provider is back' });
  expect(await resolveAttempts(10)).toBe(1);
  await system.reaches(checkoutId, 'SUCCESS');
  expect((await as('admin').list()).rows).toEqual([]);
  const { rows } = await system.owner.query('select resolution from dead_letters where subject_id = $1', [attemptId]);
  expect(rows).toEqual([{ resolution: 'user:user_1: the provider is back' }]);
  expect(await system.problems()).toEqual([]);
});

test('a definite failure is closed with a reason; what is still open is not', async () => {
  const refused = samplePayment({ token: 'tok_nobody_knows' });
  await takePayment(refused, 'key:shop', { waitMs: 10_000 });
  const letter = (await as('admin').list()).rows[0];
  expect(letter).toMatchObject({ wayOut: 'close' });
  const subjectId = letter?.subjectId ?? '';
  await expect(as('admin').tryAgain({ kind: 'attempt', subjectId, reason: 'once more' })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  await as('admin').close({ subjectId, reason: 'told the shop' });
  await expect(as('admin').close({ subjectId, reason: 'again' })).rejects.toMatchObject({ code: 'NOT_FOUND' });

  const { attemptId } = await givenUp();
  await expect(as('admin').close({ subjectId: attemptId, reason: 'away' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('a webhook that gave up is handled again on a word, and only such a one', async () => {
  const { rows } = await system.owner.query<{ id: string }>(
    `insert into webhook_inbox (source, account, event_id, type, payload, state, verdict, handled_at)
     values ('psp', 'platform', 'evt_dead', 'charge.succeeded', '{"id":"evt_dead","type":"charge.succeeded"}', 'dead', 'broken', now())
     returning id`,
  );
  const subjectId = String(rows[0]?.id);
  await as('admin').tryAgain({ kind: 'webhook', subjectId, reason: 'mended' });
  expect(await system.handleInbox()).toBe(1);
  await expect(as('admin').tryAgain({ kind: 'webhook', subjectId, reason: 'mended' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('a refund that failed is made again on a word; the page of its payment tells both, and closing it with a reason is refused', async () => {
  const request = samplePayment({ token: 'tok_chargeDeclined' });
  await takePayment(request, 'key:shop', { waitMs: 10_000 });
  const { rows } = await system.owner.query<{ id: string }>('select id from payment_attempts where checkout_id = $1', [
    request.checkoutId,
  ]);
  const attemptId = rows[0]?.id ?? '';
  const outcome = {
    kind: 'succeeded',
    pspPaymentId: 'pi_nobody',
    chargeId: 'ch_nobody',
    amountMinor: 2_999n,
    currency: 'USD',
    cardLast4: null,
  } as const;
  await applyOutcomes(lanePool(), [{ attemptId, outcome, actor: 'webhook' }]);
  const send = async () => (await openRefunds(10)) + (await submitRefunds(10));
  expect(await send()).toBe(2);
  const letter = (await as('admin').list()).rows.find((row) => row.kind === 'refund');
  expect(letter).toMatchObject({
    cause: 'refused:resource_missing',
    wayOut: 'try_again',
    checkoutId: request.checkoutId,
  });
  const subjectId = letter?.subjectId ?? '';
  for (const kind of ['refund', 'attempt'] as const)
    await expect(as('admin').close({ kind, subjectId, reason: 'away' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await as('finance').tryAgain({ kind: 'refund', subjectId, reason: 'the provider knows it now' });
  await expect(as('finance').tryAgain({ kind: 'refund', subjectId, reason: 'twice' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(await send()).toBe(2);
  const { refunds } = await payments('admin').get({ id: request.checkoutId });
  expect(refunds.map(({ state, amount, steps }) => [state, amount, steps.map((step) => step.to)])).toEqual([
    ['FAILED', '29.99', ['SUBMITTED', 'FAILED']],
    ['FAILED', '29.99', ['SUBMITTED', 'FAILED']],
  ]);
});

test('support and sellers may not act, and an action without a reason is refused', async () => {
  const input = { kind: 'attempt' as const, subjectId: 'att_x', reason: 'because' };
  for (const role of ['support', 'approver', 'seller', 'shopper'] as const) {
    await expect(as(role).tryAgain(input)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(as(role).close({ subjectId: 'att_x', reason: 'because' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  }
  await expect(as('admin').tryAgain({ ...input, reason: ' ' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});
