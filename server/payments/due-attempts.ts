import { pool, run } from '#db';
import type { AttemptState } from './attempt-state.ts';
import { mayBePaid, ORDER_STATES } from './order-state.ts';

/**
 * How long a claimed attempt is left to its worker before another may take it, in seconds: longer than a call to the PSP takes with
 * its time-out. A reader may ask for a look once in the same time, so that no look is asked for while one is under way.
 */
export const LEASE_SECONDS = 30;

/** An attempt that was claimed by this process. */
export interface DueAttempt {
  readonly id: string;
  readonly kind: 'direct' | 'hosted';
  readonly state: AttemptState;
  readonly tries: number;
  readonly pspPaymentId: string | null;
  readonly pspSessionId: string | null;
  /** Sends that may have reached the PSP. */
  readonly sends: number;
  /** A reader wanted to know before its time had come. */
  readonly outOfTurn: boolean;
  /** When the lease ends, to the microsecond: whoever claims it next sets another. */
  readonly lease: string;
}

interface Claim {
  readonly most: number;
  /** Of these, how many may be retries: attempts whose look costs the retry budget. */
  readonly retries: number;
}

/** Attempts that the PSP knows and answers for, or has never been called for: their look is no retry. */
const NO_RETRY = `(state = 'REQUIRES_ACTION' or (state = 'PENDING' and sends = 0 and tries = 0))`;

const due = (which: string) =>
  `select id, resolve_at, resolve_at = asked_at as out_of_turn from payment_attempts
   where finished_at is null and resolve_at <= now() and ${which} order by resolve_at`;

/** Claims attempts that are due, those that waited longest first. Rows that another worker is claiming are skipped. */
export async function claimDue({ most, retries }: Claim): Promise<DueAttempt[]> {
  return run<{ [Column in keyof DueAttempt]: DueAttempt[Column] }>(pool(), {
    name: 'claim-due-attempts',
    text: `with retries as (${due(`not ${NO_RETRY}`)} limit $2 for update skip locked),
             others as (${due(NO_RETRY)} limit $1 for update skip locked),
             due as (select * from retries union all select * from others order by resolve_at limit $1)
           update payment_attempts a set resolve_at = now() + make_interval(secs => $3), asked_at = now()
           from due where a.id = due.id
           returning a.id, a.kind, a.state, a.tries, a.sends, a.psp_payment_id as "pspPaymentId", a.psp_session_id as "pspSessionId",
             coalesce(due.out_of_turn, false) as "outOfTurn", a.resolve_at::text as lease`,
    values: [most, retries, LEASE_SECONDS],
  });
}

/** What a worker may do with the attempt it has claimed. */
export type Leave = 'send' | 'unwanted' | 'lost';

/**
 * Writes down that the attempt is about to be sent and renews the lease, if it may be sent. `unwanted`: its orders were paid by an
 * earlier attempt meanwhile. `lost`: the lease is over and another worker has it, or it has ended.
 */
export async function askLeave({ id, lease }: DueAttempt): Promise<Leave> {
  const [row] = await run<{ wanted: boolean }>(pool(), {
    name: 'count-send',
    text: `update payment_attempts a set sends = a.sends + n.wanted::int, resolve_at = now() + make_interval(secs => $3)
           from (select exists (
                   select from attempt_orders ao join payment_orders o on o.payment_order_id = ao.payment_order_id
                   where ao.attempt_id = $1 and o.state = any($4::text[])) as wanted) n
           where a.id = $1 and a.finished_at is null and a.resolve_at = $2::timestamptz returning n.wanted`,
    values: [id, lease, LEASE_SECONDS, ORDER_STATES.filter(mayBePaid)],
  });
  if (!row) return 'lost';
  return row.wanted ? 'send' : 'unwanted';
}
