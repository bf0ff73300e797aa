import { AppError } from '#kernel';
import type { PaymentSystem } from '#testing';
import type { Random } from '../kit/random.ts';

/** What a month is played with. */
export interface Scene {
  readonly system: PaymentSystem;
  readonly seed: bigint;
  /** About how many checkouts a day has. */
  readonly ordersPerDay: number;
  /** How often each thing happened. */
  readonly happened: Record<string, number>;
  /** How often each kind of fault of the provider was switched on. */
  readonly faults: Record<string, number>;
  /** Disputes that the bank has opened, with what is going to become of them. */
  readonly disputes: PlannedDispute[];
  /** Days of the provider's clock on which a file was spoiled on purpose, as `settlement 2026-06-18`. */
  readonly spoiled: Set<string>;
}

/** A day of the month: its number from 0, its name on the provider's clock, and draws of its own. */
export interface Day {
  readonly number: number;
  /** `2026-06-18` */
  readonly date: string;
  /** Monday is 1, Sunday 7. */
  readonly weekday: number;
  readonly draw: Random;
}

export type DisputeFate = 'win' | 'lose' | 'accept' | 'silence' | 'inquiry' | 'escalation';

export interface PlannedDispute {
  readonly paymentOrderId: string;
  readonly pspDisputeId: string;
  readonly fate: DisputeFate;
  readonly openedOn: number;
  /** Seconds of the provider's clock. */
  readonly dueBy: number;
}

export const SHOP = 'key:shop';
export const OPERATOR = 'user:operator';
export const SECOND_PERSON = 'user:second';

export function count({ happened }: Scene, what: string): void {
  happened[what] = (happened[what] ?? 0) + 1;
}

/** Does what may be refused for good reasons, and counts either. Anything but a refusal is thrown. */
export async function tryTo(scene: Scene, what: string, work: () => Promise<unknown>): Promise<AppError | null> {
  try {
    await work();
    count(scene, what);
    return null;
  } catch (error) {
    if (!(error instanceof AppError) || error.retryable) throw error;
    count(scene, `${what}, refused: ${error.code}`);
    return error;
  }
}

/** How everything stands that a month has begun, and what the provider moved. */
export async function countStates({ system: { owner } }: Pick<Scene, 'system'>): Promise<Record<string, number>> {
  const { rows } = await owner.query<{ what: string; times: number }>(
    `select 'order ' || state as what, count(*)::int as times from payment_orders group by 1
     union all select 'refund ' || state, count(*)::int from refunds group by 1
     union all select 'dispute ' || state, count(*)::int from disputes group by 1
     union all select 'payout ' || state || case when requested_by = 'schedule' then ' by schedule' else '' end, count(*)::int from payouts group by 1
     union all select 'provider: ' || type, count(*)::int from psp_balance_transactions group by 1
     union all select 'dead letter ' || kind || ' ' || split_part(cause, ':', 1), count(*)::int from dead_letters group by 1
     order by 1`,
  );
  return Object.fromEntries(rows.map(({ what, times }) => [what, times]));
}
