import type { RouterOutputs } from '#trpc';

type Payment = Pick<RouterOutputs['admin']['payments']['get'], 'checkout' | 'transitions' | 'refunds'>;

/** A webhook that repeats the news comes within seconds; for this long after the last step there may be more to see. */
const STILL_WARM_MS = 30_000;

/** Whether a payment may change while somebody reads about it. */
export function isOnTheMove({ checkout, transitions, refunds }: Payment, now: Date): boolean {
  if (refunds.some((refund) => refund.finishedAt === null)) return true;
  if (checkout.status === 'NOT_STARTED' || checkout.status === 'PROCESSING') return true;
  const last = transitions.at(-1);
  return last !== undefined && now.getTime() - last.at.getTime() < STILL_WARM_MS;
}
