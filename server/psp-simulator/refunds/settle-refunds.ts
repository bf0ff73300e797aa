import { assert } from '#kernel';
import { nowMs } from '../clock/clock.ts';
import type { RefundRow } from '../database/rows.ts';
import type { Tx } from '../database/store.ts';
import { completeWrites } from '../requests/complete-writes.ts';
import type { Decision } from '../requests/request.ts';
import type { Simulator } from '../simulator.ts';
import { refundEvent } from './create-refund.ts';
import { lockCharge } from './lock-charge.ts';
import { returnRefund } from './return-refund.ts';

/** Refunds moved on by one pass of the loop. */
const SETTLE_AT_ONCE = 100;
const DUE = 'select id, charge from refunds where next_at <= $2 order by next_at limit $1';
const REFUND = 'select * from refunds where id = $1 and next_at <= $2';

/** Moves the refunds on whose time has come, each in its own transaction. Answers how many. */
export async function settleDueRefunds(simulator: Simulator): Promise<number> {
  const due = await simulator.store.rows<{ id: string; charge: string }>('due_refunds', DUE, [
    SETTLE_AT_ONCE,
    new Date(nowMs()),
  ]);
  for (const { id, charge } of due) {
    await simulator.store.transact(async (tx) => {
      const decision = await settle(tx, id, charge);
      return { writes: decision ? completeWrites(simulator, decision) : {} };
    });
  }
  if (due.length > 0) simulator.sender.wake();
  return due.length;
}

/** Under the lock of its charge, as every change of a refund is; null when another process was first. */
async function settle(tx: Tx, id: string, chargeId: string): Promise<Decision | null> {
  const locked = await lockCharge(tx, chargeId);
  assert(locked, 'a refund belongs to a charge that took money');
  const [refund] = await tx.rows<RefundRow>('due_refund', REFUND, [id, new Date(nowMs())]);
  if (!refund?.next_status) return null;
  const moved: RefundRow = { ...refund, status: refund.next_status, next_status: null, next_at: null };
  const answer = { status: 200, body: '' };
  if (moved.status !== 'failed') {
    return { answer, writes: { refunds: [moved] }, events: [refundEvent('refund.updated', moved)] };
  }
  const end = { status: 'failed', failure_reason: 'expired_or_canceled_card' } as const;
  const { returned, writes } = returnRefund(refund, locked, end);
  return { answer, writes, events: [refundEvent('refund.updated', returned), refundEvent('refund.failed', returned)] };
}
