import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { lanePool } from '#db';
import { observeCheckpoints } from '#kernel';
import { trialBalance } from '#ledger';
import {
  createCheckout,
  drainPayments,
  getCheckout,
  startHostedPayment,
  TRIES_UNTIL_TOLD,
  takePayment,
} from '#payments';
import { type DisputeFacts, psp } from '#psp';
import { requestRefund } from '#refunds';
import { type PaymentSystem, samplePayment, startPaymentSystem, type WireRule } from '#testing';
import { getWallet } from '#wallet';
import { answerDispute } from './answer-dispute.ts';
import { applyDisputeNews } from './apply-dispute-news.ts';
import { askDisputes, pollDisputes } from './ask-disputes.ts';
import { closeDisputeLetter, waysOutOfDisputes } from './dispute-letters.ts';
import { type DisputeView, listDisputes } from './disputes.queries.ts';
import { sendResponses } from './send-responses.ts';
import { warnOfDeadlines } from './warn-deadlines.ts';

const SHOP = 'key:shop';
const SOON = { timeout: 20_000, interval: 40 };
const DAY_SECONDS = 86_400;
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('disputes', {
    webhooks: true,
    env: { PSP_TIMEOUT_MS: '1000' },
    simulatorEnv: { PSP_DISPUTE_DELAY_MS: '50', PSP_WEBHOOK_RETRY_BASE_MS: '100' },
  });
});

afterEach(async () => {
  observeCheckpoints(undefined);
  system.wire.rule();
  await drainPayments();
  await vi.waitFor(async () => {
    while ((await system.handleInbox()) > 0);
    expect(await system.problems()).toEqual([]);
  }, SOON);
  expect((await trialBalance()).balanced).toBe(true);
});

afterAll(() => system.stop());

let sellers = 0;
const newSeller = () => `seller_${++sellers}`;

interface Paid {
  readonly checkoutId: string;
  readonly orderIds: readonly string[];
  readonly chargeId: string;
}

async function paid(seller: string, token = 'tok_visa_4242'): Promise<Paid> {
  const request = samplePayment({ token, orders: [{ amount: '100.00', seller }] });
  await takePayment(request, SHOP, { waitMs: 10_000 });
  await system.reaches(request.checkoutId, 'SUCCESS', { resolving: true });
  return withCharge(
    request.checkoutId,
    request.orders.map((order) => order.paymentOrderId),
  );
}

async function paidOnOnePage(orders: readonly { amount: string; seller: string }[]): Promise<Paid> {
  const { payment: _, ...input } = samplePayment({ orders });
  const { checkoutId } = await createCheckout(input, SHOP);
  const { redirectUrl } = await startHostedPayment(checkoutId);
  await system.payPage(redirectUrl);
  await vi.waitFor(async () => {
    await system.handleInbox();
    expect((await getCheckout(checkoutId)).status).toBe('COMPLETED');
  }, SOON);
  return withCharge(
    checkoutId,
    input.orders.map((order) => order.paymentOrderId),
  );
}

async function withCharge(checkoutId: string, orderIds: readonly string[]): Promise<Paid> {
  const { rows } = await system.owner.query<{ psp_charge_id: string }>(
    'select psp_charge_id from captures where payment_order_id = $1',
    [orderIds[0]],
  );
  return { checkoutId, orderIds, chargeId: rows[0]?.psp_charge_id ?? '' };
}

/** The bank disputes the charge now. */
async function dispute({ chargeId }: Paid, form: Record<string, string> = {}): Promise<string> {
  const body = await system.helper('disputes', { charge: chargeId, ...form });
  return String(body.id);
}

const decide = (pspDisputeId: string, outcome: string) => system.helper(`disputes/${pspDisputeId}/decide`, { outcome });
const disputeOf = async (of: string): Promise<DisputeView | undefined> => (await listDisputes({ of })).rows[0];
const reaches = (of: string, state: string) =>
  vi.waitFor(async () => {
    await sendResponses(10);
    await system.handleInbox();
    const found = await disputeOf(of);
    expect(found?.state).toBe(state);
    return found as DisputeView;
  }, SOON);

async function wallet(seller: string) {
  const [usd] = (await getWallet(seller)).balances;
  return { pending: usd?.pending, available: usd?.available, reserved: usd?.reserved };
}

/** Debit positive, in minor units. */
async function balance(kind: string): Promise<bigint> {
  const { rows } = await system.owner.query<{ balance: string }>(
    'select balance from ledger_accounts where code = $1',
    [`${kind}:platform:USD`],
  );
  return BigInt(rows[0]?.balance ?? 0);
}

const platform = async () => ({
  receivable: await balance('dispute_receivable'),
  loss: await balance('platform_loss'),
  fees: await balance('psp_fees'),
  clearing: await balance('psp_clearing'),
});

async function lettersOf(disputeId: string): Promise<string[]> {
  const { rows } = await system.owner.query<{ cause: string }>(
    `select cause from dead_letters where kind = 'dispute' and subject_id = $1 and resolved_at is null`,
    [disputeId],
  );
  return rows.map((row) => row.cause);
}

const bookedOf = async (disputeId: string) =>
  (
    await system.owner.query<{ kind: string }>(
      'select kind::text from ledger_transactions where source_id = $1 order by recorded_at',
      [disputeId],
    )
  ).rows.map((row) => row.kind);

const movementsOf = async (pspDisputeId: string) =>
  (
    await system.owner.query<{ state: string; due: boolean }>(
      'select state, look_at <= now() as due from psp_balance_transactions where source_id = $1',
      [pspDisputeId],
    )
  ).rows;

describe('a dispute', () => {
  test('takes the amount and a fee when it opens; won, the amount comes back, the fee does not', async () => {
    const seller = newSeller();
    const payment = await paid(seller, 'tok_createDispute');
    const opened = await reaches(payment.checkoutId, 'OPEN');
    expect(opened).toMatchObject({ amount: '100.00', withdrawn: '100.00', fee: '15.00', answerable: 'dispute' });
    expect(await wallet(seller)).toEqual({ pending: '97.50', available: '-100.00', reserved: '100.00' });
    const before = await platform();
    await answerDispute(opened.id, { evidence: 'winning_evidence', actor: 'user:1' }, {});
    const won = await reaches(payment.checkoutId, 'WON');
    expect(won.reinstated).toBe('100.00');
    expect(won.steps.map((step) => step.to)).toEqual(['OPEN', 'UNDER_REVIEW', 'WON']);
    expect(await wallet(seller)).toEqual({ pending: '97.50', available: '0.00', reserved: '0.00' });
    const after = await platform();
    expect(after).toEqual({
      ...before,
      receivable: before.receivable - 10_000n,
      clearing: before.clearing + 10_000n,
    });
    expect(await bookedOf(won.id)).toEqual(['dispute_opened', 'dispute_won']);
  });

  test('is lost with poor evidence: the seller has paid, and nothing of the order can be refunded', async () => {
    const seller = newSeller();
    const payment = await paid(seller);
    await dispute(payment);
    const { id } = await reaches(payment.checkoutId, 'OPEN');
    const before = await platform();
    const refund = { paymentId: payment.orderIds[0] ?? '', reason: 'other', actor: SHOP } as const;
    await expect(requestRefund(refund, {})).rejects.toMatchObject({ code: 'refund_not_allowed' });
    await answerDispute(id, { evidence: 'losing_evidence', actor: 'user:1' }, {});
    await reaches(payment.checkoutId, 'LOST');
    expect(await wallet(seller)).toEqual({ pending: '97.50', available: '-100.00', reserved: '0.00' });
    expect(await platform()).toEqual({ ...before, receivable: before.receivable - 10_000n });
    await expect(requestRefund(refund, {})).rejects.toMatchObject({ code: 'refund_not_allowed' });
  });

  test('can be accepted, once, and is then lost by our own word', async () => {
    const payment = await paid(newSeller());
    await dispute(payment);
    const { id } = await reaches(payment.checkoutId, 'OPEN');
    const accept = () => answerDispute(id, { evidence: null, actor: 'user:1' }, {});
    const said = await Promise.allSettled(Array.from({ length: 10 }, accept));
    expect(said.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    await expect(accept()).rejects.toMatchObject({ code: 'dispute_not_answerable' });
    const accepted = await reaches(payment.checkoutId, 'ACCEPTED');
    expect(accepted.responses).toMatchObject([{ kind: 'acceptance', actor: 'user:1', error: null }]);
    await expect(accept()).rejects.toMatchObject({ code: 'dispute_not_answerable' });
  });

  test('is shared by the sellers of its charge; what goes beyond their orders is the platform’s', async () => {
    const [one, other] = [newSeller(), newSeller()];
    const payment = await paidOnOnePage([
      { amount: '60.00', seller: one },
      { amount: '30.00', seller: other },
    ]);
    await requestRefund({ paymentId: payment.orderIds[1] ?? '', reason: 'other', actor: SHOP }, {});
    await vi.waitFor(async () => {
      await system.refundNow();
      expect((await getCheckout(payment.checkoutId)).orders[1]?.refunded).toBe('30.00');
    }, SOON);
    const before = await platform();
    await dispute(payment, { amount: '7500' });
    const opened = await reaches(payment.checkoutId, 'OPEN');
    expect(opened.orders).toMatchObject([{ paymentOrderId: payment.orderIds[0], disputed: '60.00', share: '60.00' }]);
    expect(await lettersOf(opened.id)).toEqual(['exceeds_payment']);
    await answerDispute(opened.id, { evidence: null, actor: 'user:1' }, {});
    await reaches(payment.checkoutId, 'ACCEPTED');
    expect((await platform()).loss).toBe(before.loss + 1_500n);
    expect(await wallet(other)).toEqual({ pending: '0.00', available: '0.00', reserved: '0.00' });
    expect(await wallet(one)).toMatchObject({ available: '-60.00', reserved: '0.00' });
  });
});

test('a dispute of a checkout of a hundred orders, each of another seller, takes of every one of them', async () => {
  const sellers = Array.from({ length: 100 }, newSeller);
  const payment = await paidOnOnePage(sellers.map((seller) => ({ amount: '1.00', seller })));
  await dispute(payment);
  const opened = await reaches(payment.checkoutId, 'OPEN');
  expect(opened.orders).toHaveLength(100);
  await answerDispute(opened.id, { evidence: 'losing_evidence', actor: 'user:1' }, {});
  const lost = await reaches(payment.checkoutId, 'LOST');
  expect(await bookedOf(lost.id)).toEqual(['dispute_opened', 'dispute_lost']);
  for (const seller of sellers) expect(await wallet(seller)).toMatchObject({ available: '-1.00', reserved: '0.00' });
});

describe('a refund that is under way when the bank takes the money', () => {
  test('and is then refused: the sellers bear what the bank took, as if it had never been asked for', async () => {
    const seller = newSeller();
    const payment = await paid(seller);
    await requestRefund({ paymentId: payment.orderIds[0] ?? '', reason: 'other', actor: SHOP }, {});
    await dispute(payment);
    const waiting = await reaches(payment.checkoutId, 'OPEN');
    expect(await bookedOf(waiting.id)).toEqual([]);
    await system.refundNow();
    await askNow();
    const { id, orders } = await reaches(payment.checkoutId, 'OPEN');
    expect(orders).toMatchObject([{ disputed: '100.00', share: '100.00' }]);
    expect(await lettersOf(id)).toEqual([]);
    await answerDispute(id, { evidence: 'losing_evidence', actor: 'user:1' }, {});
    await reaches(payment.checkoutId, 'LOST');
    expect(await wallet(seller)).toEqual({ pending: '97.50', available: '-100.00', reserved: '0.00' });
  });

  test('and had gone before, unheard of: nobody bears it twice', async () => {
    await system.fault({ kind: 'webhook_drop', match: 'refund.created', count: 1 });
    const seller = newSeller();
    const payment = await paid(seller);
    await requestRefund({ paymentId: payment.orderIds[0] ?? '', reason: 'other', actor: SHOP }, {});
    system.wire.rule(async (call, forward) => {
      if (call.method !== 'POST' || call.path !== '/v1/refunds') return forward();
      await forward();
      return 'cut';
    });
    await system.refundNow();
    system.wire.rule();
    const pspDisputeId = await dispute(payment, { amount: '10000' });
    const waiting = await reaches(payment.checkoutId, 'OPEN');
    expect(await bookedOf(waiting.id)).toEqual([]);
    await system.refundNow();
    await askNow();
    const { id, orders } = await reaches(payment.checkoutId, 'OPEN');
    expect(orders).toEqual([]);
    expect(await bookedOf(id)).toEqual(['dispute_opened']);
    expect(await lettersOf(id)).toEqual(['exceeds_payment']);
    await lose(payment, pspDisputeId);
    expect(await wallet(seller)).toEqual({ pending: '0.00', available: '0.00', reserved: '0.00' });
  });

  test('its answer has the dispute looked at, and that has its movement looked at, however long the pauses of both had become', async () => {
    const payment = await paid(newSeller());
    await requestRefund({ paymentId: payment.orderIds[0] ?? '', reason: 'other', actor: SHOP }, {});
    const pspDisputeId = await dispute(payment);
    const { id } = await reaches(payment.checkoutId, 'OPEN');
    await system.settleNow();
    expect(await bookedOf(id)).toEqual([]);
    await system.owner.query(`update disputes set resolve_at = now() + interval '6 hours' where id = $1`, [id]);
    await system.owner.query(
      `update psp_balance_transactions set look_at = now() + interval '1 hour' where source_id = $1`,
      [pspDisputeId],
    );
    await system.refundNow();
    expect(await askDisputes(100)).toBe(1);
    expect(await bookedOf(id)).toEqual(['dispute_opened']);
    expect(await movementsOf(pspDisputeId)).toEqual([{ state: 'waiting', due: true }]);
    await lose(payment, pspDisputeId);
  });

  test('has its answer while the provider is asked about the dispute in vain: the dispute stays due', async () => {
    const payment = await paid(newSeller());
    await requestRefund({ paymentId: payment.orderIds[0] ?? '', reason: 'other', actor: SHOP }, {});
    const pspDisputeId = await dispute(payment);
    const { id } = await reaches(payment.checkoutId, 'OPEN');
    system.wire.rule(async (call, forward) => {
      if (call.path !== `/v1/disputes/${pspDisputeId}`) return forward();
      system.wire.rule();
      await system.refundNow();
      return { status: 500, headers: {}, body: '' };
    });
    await system.owner.query('update disputes set resolve_at = now() where id = $1', [id]);
    expect(await askDisputes(100)).toBe(1);
    expect(await bookedOf(id)).toEqual([]);
    expect(await askDisputes(100)).toBe(1);
    expect(await bookedOf(id)).toEqual(['dispute_opened']);
    await lose(payment, pspDisputeId);
  });

  test('and waits until the seller has the money: it is refused at once, and holds up nothing', async () => {
    const seller = newSeller();
    const payment = await paid(seller);
    await requestRefund({ paymentId: payment.orderIds[0] ?? '', reason: 'other', actor: SHOP }, {});
    await system.owner.query(
      `update refunds set waits_for_funds = true where payment_order_id = $1`,
      payment.orderIds.slice(0, 1),
    );
    const pspDisputeId = await dispute(payment);
    const { orders } = await reaches(payment.checkoutId, 'OPEN');
    expect(orders).toMatchObject([{ disputed: '100.00', share: '100.00' }]);
    const { rows } = await system.owner.query(
      'select state, error from refunds where payment_order_id = $1',
      payment.orderIds.slice(0, 1),
    );
    expect(rows).toEqual([{ state: 'FAILED', error: 'The charge is disputed.' }]);
    await lose(payment, pspDisputeId);
  });

  test('and waits for that money, and who refuses it dies: it is sent after all, and the provider refuses it', async () => {
    const payment = await paid(newSeller());
    await requestRefund({ paymentId: payment.orderIds[0] ?? '', reason: 'other', actor: SHOP }, {});
    await system.owner.query('update refunds set waits_for_funds = true where payment_order_id = $1', [
      payment.orderIds[0],
    ]);
    const pspDisputeId = await dispute(payment);
    const facts = await known(pspDisputeId);
    observeCheckpoints((point) => {
      if (point === 'statement:after') throw new Error('died');
    });
    const [died] = await applyDisputeNews(lanePool(), [{ facts, actor: 'webhook' }]);
    expect(died).toMatchObject({ message: 'died' });
    observeCheckpoints(undefined);
    const { id } = await reaches(payment.checkoutId, 'OPEN');
    expect(await bookedOf(id)).toEqual([]);
    await system.refundNow();
    await askNow();
    expect((await disputeOf(payment.checkoutId))?.orders).toMatchObject([{ disputed: '100.00', share: '100.00' }]);
    await lose(payment, pspDisputeId);
  });
});

describe('an inquiry', () => {
  test('moves nothing; answered well, it closes', async () => {
    const seller = newSeller();
    const payment = await paid(seller);
    await dispute(payment, { inquiry: 'true' });
    const asked = await reaches(payment.checkoutId, 'INQUIRY');
    expect(asked).toMatchObject({ withdrawn: null, answerable: 'inquiry' });
    await expect(answerDispute(asked.id, { evidence: null, actor: 'user:1' }, {})).rejects.toMatchObject({
      code: 'dispute_not_answerable',
    });
    await answerDispute(asked.id, { evidence: 'winning_evidence', actor: 'user:1' }, {});
    await reaches(payment.checkoutId, 'INQUIRY_CLOSED');
    expect(await wallet(seller)).toMatchObject({ pending: '97.50', reserved: '0.00' });
    expect(await bookedOf(asked.id)).toEqual([]);
  });

  test('may become a dispute, which takes the money then and is answered anew', async () => {
    const payment = await paid(newSeller());
    const pspDisputeId = await dispute(payment, { inquiry: 'true' });
    const asked = await reaches(payment.checkoutId, 'INQUIRY');
    await answerDispute(asked.id, { evidence: 'escalate_inquiry_evidence', actor: 'user:1' }, {});
    await reaches(payment.checkoutId, 'OPEN');
    await answerDispute(asked.id, { evidence: 'of the dispute', actor: 'user:1' }, {});
    await reaches(payment.checkoutId, 'UNDER_REVIEW');
    await decide(pspDisputeId, 'win');
    const won = await reaches(payment.checkoutId, 'WON');
    expect(won.steps.map((step) => step.to)).toEqual(['OPEN', 'UNDER_REVIEW', 'WON']);
    expect(won.responses.map((said) => said.stage)).toEqual(['inquiry', 'dispute']);
  });
});

describe('news', () => {
  test('in any order, doubled, from all sides at once: each stage moves its money once', async () => {
    const seller = newSeller();
    const payment = await paid(seller);
    const pspDisputeId = await dispute(payment);
    const facts = [await known(pspDisputeId)];
    await sayByHand(pspDisputeId, 'so it was');
    facts.push(await known(pspDisputeId));
    await decide(pspDisputeId, 'win');
    facts.push(await known(pspDisputeId));
    // The last comes first, then everything at once, four times.
    await applyDisputeNews(lanePool(), [{ facts: facts[2] as DisputeFacts, actor: 'webhook' }]);
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        applyDisputeNews(lanePool(), [
          { facts: facts[index % 3] as DisputeFacts, actor: index % 2 ? 'webhook' : 'worker' },
          { facts: facts[(index + 1) % 3] as DisputeFacts, actor: 'worker' },
        ]),
      ),
    );
    const won = await reaches(payment.checkoutId, 'WON');
    expect(await bookedOf(won.id)).toEqual(['dispute_opened', 'dispute_won']);
    expect(await wallet(seller)).toEqual({ pending: '97.50', available: '0.00', reserved: '0.00' });
  });

  test('that says the end without the money is asked about until the provider shows it', async () => {
    const payment = await paid(newSeller());
    const pspDisputeId = await dispute(payment);
    await decideAfterEvidence(pspDisputeId, 'win');
    const whole = await known(pspDisputeId);
    await applyDisputeNews(lanePool(), [{ facts: { ...whole, withdrawn: null, reinstated: null }, actor: 'webhook' }]);
    await makeDue();
    await askDisputes(10);
    const won = await reaches(payment.checkoutId, 'WON');
    expect(await bookedOf(won.id)).toEqual(['dispute_opened', 'dispute_won']);
  });

  test('that was lost is found by listing, and by asking about what is open', async () => {
    await system.fault({ kind: 'webhook_drop', match: 'charge.dispute', count: 4 });
    const payment = await paid(newSeller());
    const pspDisputeId = await dispute(payment);
    expect(await pollDisputes()).toBeGreaterThan(0);
    await reaches(payment.checkoutId, 'OPEN');
    await decideAfterEvidence(pspDisputeId, 'lose');
    await makeDue();
    await askDisputes(10);
    await reaches(payment.checkoutId, 'LOST');
  });

  test('about a payment that is not here is not booked, and waits', async () => {
    const payment = await paid(newSeller());
    const facts = { ...(await known(await dispute(payment))), pspPaymentId: 'pi_of_nobody', pspDisputeId: 'du_other' };
    const [refused] = await applyDisputeNews(lanePool(), [{ facts, actor: 'webhook' }]);
    expect(refused).toMatchObject({ code: 'not_found' });
  });

  test('that contradicts the end is told to a person and changes nothing', async () => {
    const payment = await paid(newSeller());
    const pspDisputeId = await dispute(payment);
    await decideAfterEvidence(pspDisputeId, 'lose');
    const lost = await reaches(payment.checkoutId, 'LOST');
    const facts = { ...(await known(pspDisputeId)), stage: 'won' as const };
    await applyDisputeNews(lanePool(), [{ facts, actor: 'webhook' }]);
    expect((await disputeOf(payment.checkoutId))?.state).toBe('LOST');
    expect(await lettersOf(lost.id)).toEqual(['contradicted']);
  });
});

describe('trouble on the way', () => {
  test('the answer to evidence is lost: it is sent again under the same key, and said once', async () => {
    const payment = await paid(newSeller());
    await dispute(payment);
    const { id } = await reaches(payment.checkoutId, 'OPEN');
    const cut: WireRule = async (call, forward) => {
      if (call.method !== 'POST' || !call.path.startsWith('/v1/disputes/')) return forward();
      await forward();
      return 'cut';
    };
    system.wire.rule(cut);
    await answerDispute(id, { evidence: 'winning_evidence', actor: 'user:1' }, {});
    await sendResponses(10);
    system.wire.rule();
    expect((await disputeOf(payment.checkoutId))?.responses).toMatchObject([{ sentAt: null }]);
    await system.owner.query('update dispute_responses set send_at = now() where send_at is not null');
    const won = await reaches(payment.checkoutId, 'WON');
    expect(won.responses).toMatchObject([{ sentAt: expect.any(Date), error: null }]);
    const keys = system.wire.calls
      .filter((call) => call.method === 'POST' && call.path.startsWith('/v1/disputes/'))
      .map((call) => call.idempotencyKey);
    expect(new Set(keys.filter((key) => key?.startsWith(id)))).toEqual(new Set([`${id}:dispute`]));
  });

  test('evidence comes too late for the provider: refused, told to a person, and lost by the provider’s word', async () => {
    const payment = await paid(newSeller());
    const pspDisputeId = await dispute(payment);
    const { id } = await reaches(payment.checkoutId, 'OPEN');
    await sayByHand(pspDisputeId, 'losing_evidence');
    await answerDispute(id, { evidence: 'winning_evidence', actor: 'user:1' }, {});
    await sendResponses(10);
    expect(await lettersOf(id)).toEqual(['refused:resource_invalid_state']);
    await reaches(payment.checkoutId, 'LOST');
  });

  test('a key that was not taken says nothing about the answer: a person is told, and it is sent once the key is good again', async () => {
    const payment = await paid(newSeller());
    await dispute(payment);
    const { id } = await reaches(payment.checkoutId, 'OPEN');
    for (const status of [401, 403]) {
      system.wire.rule(refusing(status));
      await answerDispute(id, { evidence: 'winning_evidence', actor: 'user:1' }, {}).catch(() => undefined);
      await sendNow();
      expect((await disputeOf(payment.checkoutId))?.responses).toMatchObject([{ sentAt: null, refusedAt: null }]);
    }
    await lastQuickTry('dispute_responses');
    await sendNow();
    expect(await lettersOf(id)).toEqual(['response_unanswered']);
    system.wire.rule();
    await sendNow();
    expect(await lettersOf(id)).toEqual([]);
    await reaches(payment.checkoutId, 'WON');
  });

  test('an answer that was refused is told of whatever was asked before, and can be said anew, under a key of its own', async () => {
    const payment = await paid(newSeller());
    await dispute(payment, { due_in: '86400' });
    const { id } = await reaches(payment.checkoutId, 'OPEN');
    const say = (evidence: string) => answerDispute(id, { evidence, actor: 'user:1' }, {});
    await say('losing_evidence');
    system.wire.rule(refusing(500));
    await lastQuickTry('dispute_responses');
    await sendNow();
    expect(await lettersOf(id)).toEqual(['response_unanswered']);
    system.wire.rule(refusing(400, 'parameter_invalid'));
    await sendNow();
    expect(await lettersOf(id)).toEqual(['refused:parameter_invalid']);
    system.wire.rule();

    expect((await disputeOf(payment.checkoutId))?.answerable).toBe('dispute');
    await closeDisputeLetter(id, 'user:1', 'seen');
    expect(await warnOfDeadlines()).toBe(1);
    const said = await Promise.allSettled(Array.from({ length: 5 }, () => say('winning_evidence')));
    expect(said.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(await lettersOf(id)).toEqual([]);
    const won = await reaches(payment.checkoutId, 'WON');
    expect(won.responses).toMatchObject([
      { evidence: 'losing_evidence', refusedAt: expect.any(Date), error: 'refused:parameter_invalid' },
      { evidence: 'winning_evidence', sentAt: expect.any(Date), error: null },
    ]);
    const keys = system.wire.calls.map((call) => call.idempotencyKey).filter((key) => key?.startsWith(id));
    expect(new Set(keys)).toEqual(new Set([`${id}:dispute`, `${id}:dispute:2`]));
  });

  test('what was refused stands beside what only a person can answer, and is asked next; what is asked at each look waits behind both', async () => {
    const payment = await paid(newSeller());
    const pspDisputeId = await dispute(payment, { amount: '15000' });
    const { id } = await reaches(payment.checkoutId, 'OPEN');
    expect(await lettersOf(id)).toEqual(['exceeds_payment']);
    await answerDispute(id, { evidence: 'winning_evidence', actor: 'user:1' }, {});
    system.wire.rule(refusing(500));
    await lastQuickTry('dispute_responses');
    await sendNow();
    expect(await lettersOf(id)).toEqual(['exceeds_payment']);
    system.wire.rule(refusing(400, 'parameter_invalid'));
    await sendNow();
    expect(await lettersOf(id)).toEqual(['exceeds_payment']);
    await closeDisputeLetter(id, 'user:1', 'seen');
    expect(await lettersOf(id)).toEqual(['refused:parameter_invalid']);
    system.wire.rule();
    await lose(payment, pspDisputeId);
  });

  test('the provider does not tell of it, or in words that cannot be read: a person is told, and its next word answers that', async () => {
    const payment = await paid(newSeller());
    const pspDisputeId = await dispute(payment);
    const { id } = await reaches(payment.checkoutId, 'OPEN');
    for (const status of [404, 500, 200]) {
      system.wire.rule(refusing(status));
      await lastQuickTry('disputes');
      await askNow();
      expect(await lettersOf(id)).toEqual(['outcome_unknown']);
      expect((await waysOutOfDisputes([{ subjectId: id, cause: 'outcome_unknown' }])).get(id)?.wayOut).toBe(
        'try_again',
      );
      system.wire.rule();
      await askNow();
      expect(await lettersOf(id)).toEqual([]);
    }
    await lose(payment, pspDisputeId);
  });

  test('one that cannot be applied holds up no other: a person is told, and it is booked once it can be', async () => {
    await system.fault({ kind: 'webhook_drop', match: 'charge.dispute', count: 4 });
    const [bad, good] = [await paid(newSeller()), await paid(newSeller())];
    const [guilty, other] = [await dispute(bad), await dispute(good)];
    await system.owner.query(
      `alter table disputes add constraint guilty check (psp_dispute_id <> '${guilty}' or state = 'INQUIRY') not valid`,
    );
    await pollDisputes();
    expect((await disputeOf(good.checkoutId))?.state).toBe('OPEN');
    expect(await disputeOf(bad.checkoutId)).toBeUndefined();
    expect(await lettersOf(guilty)).toEqual(['not_applied']);
    await system.owner.query('alter table disputes drop constraint guilty');
    await pollDisputes();
    expect((await disputeOf(bad.checkoutId))?.state).toBe('OPEN');
    expect(await lettersOf(guilty)).toEqual([]);
    await lose(bad, guilty);
    await lose(good, other);
  });

  test('evidence that was refused after a long silence is told: the silence is answered, the refusal is not', async () => {
    const payment = await paid(newSeller());
    const pspDisputeId = await dispute(payment);
    const { id } = await reaches(payment.checkoutId, 'OPEN');
    await answerDispute(id, { evidence: 'winning_evidence', actor: 'user:1' }, {});
    const say = async () => {
      await system.owner.query('update dispute_responses set send_at = now() where send_at is not null');
      await sendResponses(10);
    };
    system.wire.rule(async (call, forward) => (call.method === 'POST' ? 'cut' : forward()));
    for (let tries = 0; tries < 7; tries += 1) await say();
    expect(await lettersOf(id)).toEqual(['response_unanswered']);
    system.wire.rule();
    await sayByHand(pspDisputeId, 'losing_evidence');
    await say();
    expect(await lettersOf(id)).toEqual(['refused:resource_invalid_state']);
    await reaches(payment.checkoutId, 'LOST');
  });

  test('a person is told once, before the time is over; an answer closes the letter', async () => {
    const payment = await paid(newSeller());
    await dispute(payment, { due_in: '86400' });
    const { id } = await reaches(payment.checkoutId, 'OPEN');
    expect(await warnOfDeadlines()).toBe(1);
    expect(await warnOfDeadlines()).toBe(0);
    expect(await lettersOf(id)).toEqual(['evidence_due']);
    await answerDispute(id, { evidence: 'losing_evidence', actor: 'user:1' }, {});
    expect(await lettersOf(id)).toEqual([]);
    await reaches(payment.checkoutId, 'LOST');
  });

  test('nobody answers in time: the provider says that it is lost', async () => {
    const payment = await paid(newSeller());
    await dispute(payment, { due_in: '1' });
    const lost = await reaches(payment.checkoutId, 'LOST');
    await expect(answerDispute(lost.id, { evidence: 'late', actor: 'user:1' }, {})).rejects.toMatchObject({
      code: 'dispute_not_answerable',
    });
  });

  test.each(['commit:before', 'commit:after', 'statement:before', 'statement:after', 'provider:after'])(
    'whoever works on it dies at %s, wherever that is: each stage moves its money once',
    async (point) => {
      const seller = newSeller();
      const payment = await paid(seller);
      const pspDisputeId = await dispute(payment);
      let deaths = 0;
      for (let nth = 1; ; nth += 1) {
        let seen = 0;
        let died = false;
        observeCheckpoints((at) => {
          if (died || (at === point && ++seen === nth)) {
            died = true;
            throw new Error(`died at ${point} ${nth}`);
          }
        });
        await pollDisputes().catch(() => undefined);
        const open = await disputeOf(payment.checkoutId);
        if (open?.answerable)
          await answerDispute(open.id, { evidence: 'winning_evidence', actor: 'user:1' }, {}).catch(() => undefined);
        await sendResponses(10).catch(() => undefined);
        observeCheckpoints(undefined);
        await system.owner.query('update dispute_responses set send_at = now() where send_at is not null');
        if (!died) break;
        deaths += 1;
      }
      expect(deaths).toBeGreaterThan(0);
      await vi.waitFor(async () => expect((await known(pspDisputeId)).stage).toBe('won'), SOON);
      const won = await reaches(payment.checkoutId, 'WON');
      expect(await bookedOf(won.id)).toEqual(['dispute_opened', 'dispute_won']);
    },
  );
});

// Days pass here: it stands behind all that goes by today's date.
test('one of which all news is lost, older than all that is known, is asked for once its money is settled', async () => {
  await system.fault({ kind: 'webhook_drop', match: 'charge.dispute', count: 4 });
  const payment = await paid(newSeller());
  await dispute(payment);
  await system.travel(9 * DAY_SECONDS);
  const later = await paid(newSeller());
  await dispute(later);
  await reaches(later.checkoutId, 'OPEN');
  await pollDisputes();
  expect(await disputeOf(payment.checkoutId)).toBeUndefined();

  await system.settleNow();
  await pollDisputes();
  await reaches(payment.checkoutId, 'LOST');
});

async function known(pspDisputeId: string): Promise<DisputeFacts> {
  const outcome = await psp().enquireDispute(pspDisputeId);
  if (outcome.kind !== 'known') throw new Error(`the provider says ${outcome.kind}`);
  return outcome.dispute;
}

/** Somebody says something at the provider's own console. */
async function sayByHand(pspDisputeId: string, evidence: string): Promise<void> {
  await vi.waitFor(async () => {
    const said = await psp().answerDispute({ pspDisputeId, key: `by_hand_${pspDisputeId}`, evidence });
    expect(said.kind).toBe('known');
  }, SOON);
}

async function decideAfterEvidence(pspDisputeId: string, outcome: 'win' | 'lose'): Promise<void> {
  await sayByHand(pspDisputeId, 'so it was');
  await decide(pspDisputeId, outcome);
}

/** The provider's door answers all that is about disputes so; a body that says nothing where it is no error. */
function refusing(status: number, code?: string): WireRule {
  const error = { type: 'invalid_request_error', message: 'no', ...(code && { code }) };
  const body = JSON.stringify(status === 200 ? { object: 'dispute' } : { error });
  return async (call, forward) =>
    call.path.startsWith('/v1/disputes/')
      ? { status, headers: { 'content-type': 'application/json' }, body }
      : forward();
}

async function sendNow(): Promise<void> {
  await system.owner.query('update dispute_responses set send_at = now() where send_at is not null');
  await sendResponses(10);
}

/** Ends a dispute, so that it stays out of what comes later. */
async function lose({ checkoutId }: Paid, pspDisputeId: string): Promise<void> {
  await decideAfterEvidence(pspDisputeId, 'lose');
  await reaches(checkoutId, 'LOST');
}

async function askNow(): Promise<void> {
  await makeDue();
  await askDisputes(10);
}

/** The next try without an answer is the one after which a person is told. */
async function lastQuickTry(table: 'disputes' | 'dispute_responses'): Promise<void> {
  await system.owner.query(`update ${table} set tries = $1`, [TRIES_UNTIL_TOLD - 1]);
}

async function makeDue(): Promise<void> {
  await system.owner.query('update disputes set resolve_at = now() where resolve_at is not null');
}
