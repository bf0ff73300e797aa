import { assert } from '#kernel';
import type { ChargeRow, DisputeRow } from '../database/rows.ts';
import type { Tx } from '../database/store.ts';
import { lockCharge } from '../refunds/lock-charge.ts';
import { completeWrites } from '../requests/complete-writes.ts';
import { type Decision, nowSeconds } from '../requests/request.ts';
import type { Simulator } from '../simulator.ts';
import { findMethod } from '../vault/resolve-payment-method.ts';
import { lockDispute, moveDispute } from './move-dispute.ts';
import { openDispute } from './open-dispute.ts';

/** Moved on by one pass of the loop. */
const MOVE_AT_ONCE = 100;
const DUE_CHARGES = `select id from charges where next = 'dispute' and next_at <= now() order by next_at limit $1`;
const DUE_DISPUTES = 'select id from disputes where next_at <= now() order by next_at limit $1';
const NOTHING = { status: 200, body: '' };

/** Opens the disputes of charges whose bank has them, and moves those on whose time has come; each in its own transaction. */
export async function moveDueDisputes(simulator: Simulator): Promise<number> {
  const { store, sender } = simulator;
  const charges = await store.rows<Pick<ChargeRow, 'id'>>('due_charges', DUE_CHARGES, [MOVE_AT_ONCE]);
  const disputes = await store.rows<Pick<DisputeRow, 'id'>>('due_disputes', DUE_DISPUTES, [MOVE_AT_ONCE]);
  const works = [
    ...charges.map(
      ({ id }) =>
        (tx: Tx) =>
          openByItself(tx, simulator, id),
    ),
    ...disputes.map(
      ({ id }) =>
        (tx: Tx) =>
          moveByItself(tx, id),
    ),
  ];
  for (const work of works) {
    await store.transact(async (tx) => {
      const decision = await work(tx);
      return { writes: decision ? completeWrites(simulator, { answer: NOTHING, ...decision }) : {} };
    });
  }
  if (works.length > 0) sender.wake();
  return works.length;
}

/** Null when another process was first. */
async function openByItself(tx: Tx, { config }: Simulator, chargeId: string): Promise<Omit<Decision, 'answer'> | null> {
  const locked = await lockCharge(tx, chargeId);
  if (locked?.charge.next !== 'dispute') return null;
  const { charge } = locked;
  const left = charge.amount - charge.amount_refunded;
  // Nothing is left to complain about.
  if (left === 0) return { writes: { charges: [{ ...charge, next: null, next_at: null }] }, events: [] };
  const complaint = (await findMethod(tx, charge.payment_method))?.behaviour.dispute;
  assert(complaint, 'a charge that is going to be disputed was paid with a card that disputes');
  const inquiry = complaint === 'inquiry';
  return openDispute(locked, {
    reason: inquiry ? 'general' : complaint,
    inquiry,
    amount: left,
    dueBy: nowSeconds() + config.PSP_DISPUTE_DUE_SECONDS,
  });
}

async function moveByItself(tx: Tx, id: string): Promise<Omit<Decision, 'answer'> | null> {
  const locked = await lockDispute(tx, id);
  const { next, next_at } = locked.dispute;
  if (next === null || new Date(next_at ?? 0).getTime() > Date.now()) return null;
  return moveDispute(locked, next);
}
