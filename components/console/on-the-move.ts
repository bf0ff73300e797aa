import type { EventStatus, OrderStatus } from '../status/statuses.ts';

/** What a page tells of a payment or of one order. */
interface Told {
  readonly status: EventStatus | OrderStatus;
  readonly transitions: readonly { readonly at: Date }[];
  readonly refunds: readonly { readonly finishedAt: Date | null }[];
}

const WITHOUT_AN_END: ReadonlySet<Told['status']> = new Set([
  'NOT_STARTED',
  'PROCESSING',
  'EXECUTING',
  'REQUIRES_ACTION',
  'UNKNOWN',
]);

/** A webhook that repeats the news comes within seconds; for this long after the last step there may be more to see. */
const STILL_WARM_MS = 30_000;

/** Whether a payment may change while somebody reads about it. */
export function isOnTheMove({ status, transitions, refunds }: Told, now: Date): boolean {
  if (refunds.some((refund) => refund.finishedAt === null)) return true;
  if (WITHOUT_AN_END.has(status)) return true;
  const last = transitions.at(-1);
  return last !== undefined && now.getTime() - last.at.getTime() < STILL_WARM_MS;
}
