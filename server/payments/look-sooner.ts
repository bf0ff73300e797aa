import { config } from '#config';
import { pool, run } from '#db';
import { singleton } from '#kernel';
import { log } from '#observability';
import { LEASE_SECONDS } from './due-attempts.ts';
import type { CheckoutView } from './views.ts';

/** Channel on which the worker hears that an attempt is to be looked at now. */
export const ATTEMPTS_CHANNEL = 'payment_attempts';

/** Checkouts that this process remembers to have asked for. */
const MAX_REMEMBERED = 10_000;

/**
 * Somebody reads a payment: if it is stuck, the worker looks at it now instead of when its time comes, at most once in 30 s
 * however many read. Costs the reader nothing but a look into memory and, now and then, one small statement; the PSP is not called
 * here. A PSP that asked for a pause (429) gets it. Never throws: a read that succeeded stays one.
 */
export async function lookSooner(checkout: CheckoutView): Promise<void> {
  const stuck = checkout.orders.some((order) => order.unknown || order.status === 'EXECUTING');
  if (!stuck || !isItsTurn(checkout.checkoutId)) return;
  try {
    await pullForward(checkout.checkoutId);
  } catch (error) {
    log().warn({ err: error, checkout_id: checkout.checkoutId }, 'could not have a stuck payment looked at sooner');
  }
}

/** Spares the database what it would refuse; the rule itself is in the statement, for all processes. */
function isItsTurn(checkoutId: string): boolean {
  const asked = singleton('payments.asked-sooner', () => new Map<string, number>());
  const now = performance.now();
  if (now - (asked.get(checkoutId) ?? Number.NEGATIVE_INFINITY) < 1_000) return false;
  if (asked.size >= MAX_REMEMBERED) asked.clear();
  asked.set(checkoutId, now);
  return true;
}

/** `resolve_at = asked_at` marks the look as one out of turn. One that is under way has been asked for less than a lease ago. */
async function pullForward(checkoutId: string): Promise<void> {
  await run(pool(), {
    name: 'look-sooner',
    text: `with pulled as (
             update payment_attempts set resolve_at = now(), asked_at = now()
             where checkout_id = $1 and finished_at is null and resolve_at > now()
               and (state = 'UNKNOWN' or (state = 'PENDING' and created_at < now() - make_interval(secs => $2)))
               and (asked_at is null or asked_at <= now() - make_interval(secs => $3))
               and error is distinct from 'rate_limited'
             returning 1
           )
           select pg_notify('${ATTEMPTS_CHANNEL}', '') from pulled limit 1`,
    values: [checkoutId, config().RESOLVE_AFTER_MS / 1_000, LEASE_SECONDS],
  });
}
