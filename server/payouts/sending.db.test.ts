import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { lanePool } from '#db';
import { newId, observeCheckpoints, parseAmount } from '#kernel';
import { trialBalance } from '#ledger';
import { earn, type PaymentSystem, startPaymentSystem, type WireCall, type WireRule } from '#testing';
import { addBankAccount } from './add-bank-account.ts';
import { applyPayoutOutcomes } from './apply-payout-outcomes.ts';
import { approvePayout, cancelPayout } from './decide-by-person.ts';
import { getPayoutSettings } from './payable-sellers.queries.ts';
import { getPayout } from './payouts.queries.ts';
import { recallPayouts } from './recall-payouts.ts';
import { requestPayout } from './request-payout.ts';
import { closePayoutLetter, retryPayout } from './retry-payout.ts';
import { submitPayouts } from './submit-payouts.ts';

const SOON = { timeout: 20_000, interval: 40 };
let system: PaymentSystem;

beforeAll(async () => {
  system = await startPaymentSystem('payouts_sent', {
    webhooks: true,
    env: { PSP_TIMEOUT_MS: '1000' },
    simulatorEnv: { PSP_PAYOUT_DELAY_MS: '400', PSP_WEBHOOK_RETRY_BASE_MS: '100' },
  });
});

/** Invariants that payouts could break; the sales that the tests pay out were never made. */
const OURS = new Set(['I1', 'I2', 'I3', 'I6', 'I7', 'I9c', 'I10', 'I11', 'I23b', 'I24', 'I24b']);

afterEach(async () => {
  observeCheckpoints(undefined);
  system.wire.rule();
  while ((await system.handleInbox()) > 0);
  const found = (await system.problems()).filter((line) => OURS.has(line.split(':')[0] ?? ''));
  expect(found).toEqual([]);
  expect((await trialBalance()).balanced).toBe(true);
});

afterAll(() => system.stop());

const BANKS = {
  paid: 'btok_us_verified',
  closed: 'btok_us_verified_accountClosed',
  noFunds: 'btok_us_verified_insufficientFunds',
  returned: 'btok_returned',
} as const;

async function seller(bank: keyof typeof BANKS = 'paid', available = '250.00'): Promise<string> {
  const id = newId('seller');
  await system.owner.query(`insert into sellers (id, display_name, verification) values ($1, 'Seller', 'verified')`, [
    id,
  ]);
  await addBankAccount({ sellerId: id, currency: 'USD', token: BANKS[bank], actor: 'user:bo' });
  await earn(id, parseAmount(available, 'USD').amountMinor);
  return id;
}

const request = (sellerId: string, amountMinor: bigint | null = null) =>
  requestPayout({ sellerId, currency: 'USD', amountMinor, requestedBy: 'user:bo' });

/** As if the time until the next look at every payout had passed. */
const due = () =>
  system.owner.query(`update payouts set resolve_at = case when resolve_at is null then null else now() end,
    recall_at = case when recall_at is null then null else now() end`);

/** Looks at every payout that is open, as the worker does. */
async function work(): Promise<void> {
  await due();
  await submitPayouts(50);
  await recallPayouts(50);
}

const reaches = (payoutId: string, state: string, meanwhile: () => Promise<unknown> = async () => undefined) =>
  vi.waitFor(async () => {
    await meanwhile();
    expect((await getPayout(payoutId)).state).toBe(state);
  }, SOON);

/** What the provider's account of the seller holds, in cents: nothing but what is on its way. */
async function heldAtProvider(sellerId: string): Promise<number> {
  const { rows } = await system.owner.query('select psp_account_id as id from payout_accounts where seller_id = $1', [
    sellerId,
  ]);
  const headers = { authorization: `Bearer ${process.env.PSP_SECRET_KEY ?? 'sk_test_simulator_platform_secret_key'}` };
  const response = await fetch(`${system.simulator.url}/v1/balance`, {
    headers: { ...headers, 'stripe-account': rows[0].id },
  });
  const { available, pending } = (await response.json()) as Record<'available' | 'pending', { amount: number }[]>;
  return [...available, ...pending].reduce((sum, one) => sum + one.amount, 0);
}

async function payoutsAtProvider(payoutId: string) {
  const { rows } = await system.owner.query<{ id: string }>(
    `select a.psp_account_id as id from payouts p join payout_accounts a on a.seller_id = p.seller_id where p.id = $1`,
    [payoutId],
  );
  const sent = await system.payouts(payoutId, rows[0]?.id ?? '');
  return sent.filter((one) => one.object === 'payout');
}

const balances = async (sellerId: string) => {
  const { rows } = await system.owner.query<{ kind: string; balance: string }>(
    `select kind, (-balance)::text as balance from ledger_accounts where owner_id = $1 and balance <> 0`,
    [sellerId],
  );
  return Object.fromEntries(rows.map(({ kind, balance }) => [kind, Number(balance)]));
};

const lettersOf = async (payoutId: string) => {
  const { rows } = await system.owner.query<{ cause: string }>(
    `select cause from dead_letters where kind = 'payout' and subject_id = $1 and resolved_at is null`,
    [payoutId],
  );
  return rows.map((row) => row.cause);
};

const isTransfer = ({ method, path }: WireCall) => method === 'POST' && path === '/v1/transfers';
const isPayout = ({ method, path }: WireCall) => method === 'POST' && path === '/v1/payouts';
const cutAnswer =
  (of: (call: WireCall) => boolean): WireRule =>
  async (call, forward) => {
    if (!of(call)) return forward();
    await forward();
    return 'cut';
  };

describe('the bank account', () => {
  test('of its number only the last four digits and the fingerprint come here', async () => {
    const sellerId = await seller();
    const { banks } = await getPayoutSettings(sellerId);
    expect(banks).toMatchObject([{ currency: 'USD', country: 'US', last4: '6789', state: 'new' }]);
    const { rows } = await system.owner.query('select count(*)::int as found from find_texts($1, null)', [
      '000123456789',
    ]);
    expect(rows).toEqual([{ found: 0 }]);
  });

  test('another takes its place, in the same account at the provider, and the one before stays on record', async () => {
    const sellerId = await seller('closed');
    await addBankAccount({ sellerId, currency: 'USD', token: BANKS.paid, actor: 'user:bo' });
    expect((await getPayoutSettings(sellerId)).banks).toMatchObject([{ last4: '6789' }]);
    const { rows } = await system.owner.query(
      'select last4, replaced_at is null as current from bank_accounts where seller_id = $1 order by created_at',
      [sellerId],
    );
    expect(rows).toEqual([
      { last4: '1113', current: false },
      { last4: '6789', current: true },
    ]);
  });

  test('one that the provider refuses is not kept, and neither is one of another currency', async () => {
    const sellerId = await seller();
    const add = (token: string, currency: 'USD' | 'EUR') =>
      addBankAccount({ sellerId, currency, token, actor: 'user:bo' });
    await expect(add('btok_nobody_knows', 'USD')).rejects.toMatchObject({ code: 'bank_account_refused' });
    await expect(add(BANKS.paid, 'EUR')).rejects.toMatchObject({ code: 'bank_account_refused' });
    expect((await getPayoutSettings(sellerId)).banks).toHaveLength(1);
  });
});

describe('a payout that goes well', () => {
  test('is in transit when it is sent and paid when the bank says so, told by webhook', async () => {
    const sellerId = await seller();
    const id = await request(sellerId);
    system.wire.calls.length = 0;
    await work();
    expect(await getPayout(id)).toMatchObject({ state: 'SUBMITTED', pspPayoutId: expect.stringMatching(/^po_/) });
    // However often it is sent, the provider takes it for the same payout.
    expect(system.wire.calls.filter(isPayout).map((call) => call.idempotencyKey)).toEqual([id]);
    expect(await balances(sellerId)).toEqual({ payout_in_transit: 25_000 });
    await reaches(id, 'PAID', system.handleInbox);
    expect(await balances(sellerId)).toEqual({});
    expect((await getPayoutSettings(sellerId)).banks).toMatchObject([{ state: 'verified' }]);
    expect(await payoutsAtProvider(id)).toMatchObject([{ amount: 25_000, status: 'paid' }]);
    expect(await heldAtProvider(sellerId)).toBe(0);
    expect(await lettersOf(id)).toEqual([]);
  });

  test('is learned by asking when its webhook is lost', async () => {
    const id = await request(await seller());
    await work();
    await reaches(id, 'PAID', work);
    const { steps } = await getPayout(id);
    expect(steps.at(-1)).toMatchObject({ to: 'PAID', actor: 'worker' });
  });

  test('above the limit is sent only after a second person has approved it', async () => {
    const id = await request(await seller('paid', '15000.00'));
    await work();
    expect((await getPayout(id)).state).toBe('REQUESTED');
    await approvePayout(id, { actor: 'user:fin' });
    await reaches(id, 'PAID', work);
  });
});

describe('a payout that fails', () => {
  test('is available again, once; its bank does not work any more, somebody is told, and nothing stays at the provider', async () => {
    const sellerId = await seller('closed');
    const id = await request(sellerId);
    await reaches(id, 'FAILED', work);
    expect(await balances(sellerId)).toEqual({ seller_available: 25_000 });
    expect((await getPayoutSettings(sellerId)).banks).toMatchObject([
      { state: 'failed', failureCode: 'account_closed' },
    ]);
    expect(await lettersOf(id)).toEqual(['failed:account_closed']);
    await vi.waitFor(async () => {
      await work();
      expect((await getPayout(id)).recallAt).toBeNull();
    }, SOON);
    expect(await heldAtProvider(sellerId)).toBe(0);
    await expect(request(sellerId)).rejects.toMatchObject({ code: 'seller_not_payable' });
    await addBankAccount({ sellerId, currency: 'USD', token: BANKS.paid, actor: 'user:bo' });
    await reaches(await request(sellerId), 'PAID', work);
    expect(await balances(sellerId)).toEqual({});
    await closePayoutLetter(id, 'user:fin', 'the seller has another bank');
    expect(await lettersOf(id)).toEqual([]);
  });

  test('for want of funds leaves the bank account as it was', async () => {
    const sellerId = await seller('noFunds');
    await reaches(await request(sellerId), 'FAILED', work);
    expect((await getPayoutSettings(sellerId)).banks).toMatchObject([{ state: 'new', failureCode: null }]);
  });

  test('because the provider takes no more payouts to that bank is the last one: the seller has to add another', async () => {
    const sellerId = await seller('noFunds');
    await reaches(await request(sellerId), 'FAILED', work);
    const second = await request(sellerId);
    await reaches(second, 'FAILED', work);
    expect(await lettersOf(second)).toEqual(['refused:bank_account_unusable']);
    expect((await getPayoutSettings(sellerId)).banks).toMatchObject([
      { state: 'failed', failureCode: 'bank_account_unusable' },
    ]);
    await expect(request(sellerId)).rejects.toMatchObject({ code: 'seller_not_payable' });
    expect(await balances(sellerId)).toEqual({ seller_available: 25_000 });
  });

  test('and is paid by the bank after all: that stays told until somebody closes it, beside what does not come back', async () => {
    const sellerId = await seller('noFunds');
    await reaches(await request(sellerId), 'FAILED', work);
    const id = await request(sellerId);
    system.wire.rule(async (call, forward) => {
      if (call.method !== 'POST' || !call.path.endsWith('/reversals')) return forward();
      const error = { type: 'invalid_request_error', code: 'balance_insufficient', message: 'no' };
      return { status: 400, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
    });
    await due();
    await submitPayouts(50);
    expect(await lettersOf(id)).toEqual(['refused:bank_account_unusable']);
    const outcome = { kind: 'paid', pspPayoutId: 'po_after_all', amountMinor: 25_000n, currency: 'USD' } as const;
    await applyPayoutOutcomes(lanePool(), [{ payoutId: id, outcome, actor: 'webhook' }]);
    await work();
    expect((await getPayout(id)).recallAt).not.toBeNull();
    expect(await lettersOf(id)).toEqual(['second_payout_at_provider']);
    await closePayoutLetter(id, 'user:fin', 'the seller has it, and gives it back');
    expect(await lettersOf(id)).toEqual(['not_recalled']);
    await closePayoutLetter(id, 'user:fin', 'it is with the seller');
    expect(await lettersOf(id)).toEqual([]);
    expect((await getPayout(id)).recallAt).toBeNull();
  });

  test('after it had arrived comes back as a reversing transaction, once, however often it is told', async () => {
    const sellerId = await seller('returned');
    const id = await request(sellerId);
    await work();
    await reaches(id, 'PAID', system.handleInbox);
    await reaches(id, 'RETURNED', system.handleInbox);
    const { pspPayoutId } = await getPayout(id);
    const known = { pspPayoutId: pspPayoutId ?? '', amountMinor: 25_000n, currency: 'USD' as const };
    const again = { payoutId: id, actor: 'webhook' as const };
    await applyPayoutOutcomes(lanePool(), [
      { ...again, outcome: { kind: 'failed', reason: 'could_not_process', ...known } },
      { ...again, outcome: { kind: 'paid', ...known } },
    ]);
    expect(await balances(sellerId)).toEqual({ seller_available: 25_000 });
    const { rows } = await system.owner.query(
      'select t.kind, r.kind as reverses from ledger_transactions t left join ledger_transactions r on r.id = t.reversal_of where t.source_id = $1 order by t.id',
      [id],
    );
    expect(rows).toEqual([
      { kind: 'payout_requested', reverses: null },
      { kind: 'payout_sent', reverses: null },
      { kind: 'payout_paid', reverses: null },
      { kind: 'payout_returned', reverses: 'payout_paid' },
      { kind: 'payout_unsent', reverses: 'payout_sent' },
      { kind: 'payout_released', reverses: 'payout_requested' },
    ]);
    await vi.waitFor(async () => {
      await work();
      expect(await heldAtProvider(sellerId)).toBe(0);
    }, SOON);
  });
});

describe('answers that get lost', () => {
  test.each([
    ['of the transfer', isTransfer],
    ['of the payout', isPayout],
  ])('%s: it is unknown, asked about, and the bank is paid once', async (_, of) => {
    const sellerId = await seller();
    const id = await request(sellerId);
    system.wire.rule(cutAnswer(of));
    await work();
    expect(await getPayout(id)).toMatchObject({ state: 'UNKNOWN' });
    expect(await balances(sellerId)).toEqual({ payout_in_transit: 25_000 });
    await expect(cancelPayout(id, { actor: 'user:bo', reason: 'too slow' })).rejects.toMatchObject({
      code: 'payout_state_conflict',
    });
    system.wire.rule();
    await reaches(id, 'PAID', work);
    expect(await payoutsAtProvider(id)).toHaveLength(1);
    expect(await heldAtProvider(sellerId)).toBe(0);
  });

  test('the transfer that got through is found again even when its key is forgotten', async () => {
    const sellerId = await seller();
    const id = await request(sellerId);
    system.wire.rule(cutAnswer(isTransfer));
    await work();
    // A day later the provider no longer knows the key: sent again it would be another transfer.
    let made = 0;
    system.wire.rule(async (call, forward) => {
      if (isTransfer(call)) made += 1;
      return forward();
    });
    await reaches(id, 'PAID', work);
    expect(made).toBe(0);
  });

  test('after the quick tries a person is told, pushes it, and the letter closes by itself when it is known', async () => {
    const id = await request(await seller());
    system.wire.rule(async () => 'cut');
    for (let tries = 0; tries < 7; tries += 1) await work();
    expect(await getPayout(id)).toMatchObject({ state: 'UNKNOWN' });
    expect(await lettersOf(id)).toEqual(['outcome_unknown']);
    await expect(closePayoutLetter(id, 'user:fin', 'no idea')).rejects.toMatchObject({ code: 'not_found' });
    system.wire.rule();
    await retryPayout(id, 'user:fin', 'the provider is back');
    expect(await lettersOf(id)).toEqual([]);
    await vi.waitFor(async () => {
      await work();
      expect((await getPayout(id)).state).toBe('PAID');
    }, SOON);
  });
});

describe('two workers, and one that dies', () => {
  test('side by side they send each payout once', async () => {
    const sellerId = await seller('paid', '100.00');
    const ids = await Promise.all(Array.from({ length: 5 }, () => request(sellerId, 2_000n)));
    system.wire.calls.length = 0;
    await Promise.all(Array.from({ length: 4 }, () => submitPayouts(50)));
    expect(system.wire.calls.filter(isPayout)).toHaveLength(5);
    for (const id of ids) await reaches(id, 'PAID', work);
    expect(await heldAtProvider(sellerId)).toBe(0);
  });

  test('one that is cancelled between claim and sending is not sent', async () => {
    const id = await request(await seller());
    system.wire.calls.length = 0;
    let cancelled: Promise<void> | undefined;
    observeCheckpoints(async (point) => {
      if (point !== 'statement:after') return;
      observeCheckpoints(undefined);
      cancelled = cancelPayout(id, { actor: 'user:bo', reason: 'just in time' });
      await cancelled;
    });
    await submitPayouts(50);
    await cancelled;
    expect((await getPayout(id)).state).toBe('CANCELLED');
    expect(system.wire.calls.filter((call) => call.method === 'POST')).toEqual([]);
  });

  test('a webhook that comes before our own answer is applied, and the answer changes nothing', async () => {
    const sellerId = await seller();
    const id = await request(sellerId);
    system.wire.rule(async (call, forward) => {
      const answer = await forward();
      if (!isPayout(call)) return answer;
      const { id: pspPayoutId } = JSON.parse(answer.body) as { id: string };
      const outcome = { kind: 'paid', pspPayoutId, amountMinor: 25_000n, currency: 'USD' } as const;
      await applyPayoutOutcomes(lanePool(), [{ payoutId: id, outcome, actor: 'webhook' }]);
      return answer;
    });
    await work();
    const { steps, state } = await getPayout(id);
    expect(state).toBe('PAID');
    expect(steps.map((step) => step.to).filter((to) => to === 'PAID')).toHaveLength(1);
  });
});
