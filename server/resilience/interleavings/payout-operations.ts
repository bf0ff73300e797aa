import type pg from 'pg';
import { lanePool, pool } from '#db';
import { createPosting, PLATFORM, postBatch } from '#ledger';
import { applyPayoutOutcomes, cancelPayout, requestPayout } from '#payouts';
import { openPayableSeller } from '#testing';
import { changePayout } from '../../payouts/change-payouts.ts';
import { decideSending } from '../../payouts/decide-payout.ts';
import type { Scene } from './scenes.ts';

const sellerOf = ({ prefix }: Scene) => `${prefix}seller`;
/** What the seller of a scene can have at first, and what each wish takes: two fit, three do not. */
const AVAILABLE = 10_000n;
const WISH = 4_000n;

const wish = (scene: Scene) =>
  requestPayout({ sellerId: sellerOf(scene), currency: 'USD', amountMinor: WISH, requestedBy: 'user:1' });

/** Money of no order, as the other postings here. */
function earned(scene: Scene) {
  return createPosting({
    kind: 'late_capture_held',
    sourceId: `${scene.prefix}earned`,
    effectiveAt: new Date(0),
    legs: [
      { account: { kind: 'fx_clearing', ownerId: PLATFORM, currency: 'USD' }, amountMinor: AVAILABLE },
      { account: { kind: 'seller_available', ownerId: sellerOf(scene), currency: 'USD' }, amountMinor: -AVAILABLE },
    ],
  });
}

/** A seller with one payout that waits to be sent. */
export async function makePayout(scene: Scene): Promise<void> {
  const sellerId = sellerOf(scene);
  await openPayableSeller(pool(), sellerId);
  await postBatch(lanePool(), [earned(scene)]);
  await wish(scene);
}

export async function wishPayout(scene: Scene): Promise<unknown> {
  return wish(scene);
}

export async function callOffPayout(scene: Scene): Promise<void> {
  await cancelPayout(await firstPayout(scene), { actor: 'user:1', reason: 'no' });
}

/** It is sent, and its bank confirms it; nothing when it was called off before. */
export async function answerPayout(scene: Scene, on: pg.Pool): Promise<void> {
  const payoutId = await firstPayout(scene);
  const decide = (payout: Parameters<typeof decideSending>[0]) => decideSending(payout, new Date(0));
  const { state } = await changePayout(on, { payoutId, decide, steps: ['sent'], actor: 'worker' });
  if (state === 'CANCELLED') return;
  const outcome = { kind: 'paid', pspPayoutId: `psp_${payoutId}`, amountMinor: WISH, currency: 'USD' } as const;
  const [applied] = await applyPayoutOutcomes(on, [{ payoutId, outcome, actor: 'worker' }]);
  if (applied instanceof Error) throw applied;
}

async function firstPayout(scene: Scene): Promise<string> {
  const { rows } = await lanePool().query<{ id: string }>({
    text: 'select id from payouts where seller_id = $1 and first_seq = 1',
    values: [sellerOf(scene)],
  });
  return rows[0]?.id ?? '';
}
