import { lanePool } from '#db';
import { takePayment } from '#payments';
import {
  addBankAccount,
  applyPayoutOutcomes,
  approvePayout,
  cancelPayout,
  closePayoutLetter,
  payOutScheduled,
  recallPayouts,
  requestPayout,
  retryPayout,
  setPayoutSchedule,
  submitPayouts,
  verifySeller,
} from '#payouts';
import { releaseEarnings } from '#testing';
import type { Flow } from '../flow.ts';
import { PRINCIPAL, paymentOf, type Stage } from '../stage.ts';
import { unless } from './unless.ts';

const sellerOf = ({ id }: Stage) => `${id}.seller1`;

const SMALL = 2_000n;
/** Above the limit: it waits for a second person. */
const LARGE = 1_000_001n;

/** A verified seller with a bank account, who has sold something and can have this much of it. */
async function sell(stage: Stage, available = SMALL): Promise<void> {
  // The platform keeps 2.5 %.
  const sale = paymentOf(stage, { amounts: [(available * 10_000n) / 9_750n] });
  await takePayment(sale, PRINCIPAL, { waitMs: 10_000 });
  for (const { paymentOrderId } of sale.orders) await releaseEarnings(stage.owner, paymentOrderId);
  const sellerId = sellerOf(stage);
  await verifySeller(sellerId, 'user:1', 'papers seen');
  await addBankAccount({ sellerId, currency: 'USD', token: 'btok_us_verified', actor: 'user:1' });
}

/** Its schedule was due yesterday. */
async function schedule(stage: Stage): Promise<void> {
  await sell(stage);
  await setPayoutSchedule(sellerOf(stage), { every: 'monthly', onDay: 31 }, 'user:1');
  await stage.owner.query('update payout_schedules set next_on = current_date - 1 where seller_id = $1', [
    sellerOf(stage),
  ]);
}

async function request(stage: Stage, available = SMALL): Promise<void> {
  await sell(stage, available);
  await requestPayout({ sellerId: sellerOf(stage), currency: 'USD', amountMinor: null, requestedBy: 'user:1' });
}

async function payoutOf(stage: Stage): Promise<{ id: string; psp_payout_id: string }> {
  const { rows } = await stage.owner.query('select id, psp_payout_id from payouts where seller_id = $1', [
    sellerOf(stage),
  ]);
  return rows[0];
}

/** The bank has it, and sends it back in the same breath. */
async function comeBack(stage: Stage): Promise<void> {
  const { id: payoutId, psp_payout_id: pspPayoutId } = await payoutOf(stage);
  const known = { pspPayoutId, amountMinor: SMALL, currency: 'USD' } as const;
  for (const outcome of [
    { kind: 'paid', ...known } as const,
    { kind: 'failed', reason: 'closed', ...known } as const,
  ]) {
    const [applied] = await applyPayoutOutcomes(lanePool(), [{ payoutId, outcome, actor: 'webhook' }]);
    if (applied instanceof Error) throw applied;
  }
}

/** It was sent and came back, about which a person was told; what it left at the provider is still there. */
async function requestAndComeBack(stage: Stage): Promise<void> {
  await request(stage);
  await submitPayouts(50);
  await comeBack(stage);
}

/** A person was told that there is another one at the provider, which no later answer answers. */
async function requestAndBeTold(stage: Stage): Promise<void> {
  await request(stage);
  await stage.owner.query(
    `insert into dead_letters (kind, subject_id, cause, tries) values ('payout', $1, 'second_payout_at_provider', 1)`,
    [(await payoutOf(stage)).id],
  );
}

export const PAYOUT_FLOWS: readonly Flow[] = [
  { name: 'payout-scheduled', alone: true, before: schedule, act: async () => void (await payOutScheduled(50)) },
  {
    name: 'payout-sent',
    alone: true,
    before: (stage) => request(stage),
    act: async () => void (await submitPayouts(50)),
  },
  {
    name: 'payout-approved',
    alone: false,
    before: (stage) => request(stage, LARGE),
    // Recovery may have sent it meanwhile: then it was approved.
    act: async (stage) =>
      unless(approvePayout((await payoutOf(stage)).id, { actor: 'user:2' }), 'payout_state_conflict'),
  },
  {
    name: 'payout-cancelled',
    alone: false,
    before: (stage) => request(stage, LARGE),
    act: async (stage) => cancelPayout((await payoutOf(stage)).id, { actor: 'user:1', reason: 'no' }),
  },
  {
    name: 'payout-returned',
    alone: false,
    before: async (stage) => {
      await request(stage);
      await submitPayouts(50);
    },
    act: comeBack,
  },
  {
    name: 'payout-requested',
    alone: true,
    before: (stage) => sell(stage),
    // All of it is paid out once: then nothing is left to ask for.
    act: async (stage) => {
      const wish = { sellerId: sellerOf(stage), currency: 'USD', amountMinor: SMALL, requestedBy: 'user:1' } as const;
      await unless(requestPayout(wish), 'payout_exceeds_available');
    },
  },
  { name: 'payout-recalled', alone: true, before: requestAndComeBack, act: async () => void (await recallPayouts(50)) },
  {
    name: 'payout-retried',
    alone: false,
    before: requestAndBeTold,
    // Recovery may have sent it meanwhile: then there is nothing to try again.
    act: async (stage) => {
      const { id } = await payoutOf(stage);
      await unless(retryPayout(id, 'user:1', 'looked into'), 'not_found');
      await unless(closePayoutLetter(id, 'user:1', 'looked into'), 'not_found');
    },
  },
  {
    name: 'close-payout-letter',
    alone: true,
    before: async (stage) => {
      await requestAndComeBack(stage);
      // What it left at the provider is back already: then only the letter is left.
      await stage.owner.query('update payouts set recall_at = null where seller_id = $1', [sellerOf(stage)]);
    },
    act: async (stage) => unless(closePayoutLetter((await payoutOf(stage)).id, 'user:1', 'seen'), 'not_found'),
  },
  {
    name: 'payable',
    alone: true,
    before: (stage) => sell(stage),
    act: async (stage) => {
      const sellerId = sellerOf(stage);
      await addBankAccount({ sellerId, currency: 'USD', token: 'btok_us_verified', actor: 'user:1' });
      await setPayoutSchedule(sellerId, { every: 'weekly', onDay: 5 }, 'user:1');
      await verifySeller(sellerId, 'user:1', 'papers seen again');
    },
  },
];
