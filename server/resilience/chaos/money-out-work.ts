/**
 * What has to come to its end by itself on the way of money out, ours. What a person has to decide is told in a letter, and a payout
 * above the limit waits for its approval; neither is work.
 */
export const MONEY_OUT_WORK = `
  select 'refund ' || id || ' is ' || state as line from refunds r
  where finished_at is null and ${noLetter('refund', 'r.id')}
  union all select 'payout ' || id || ' is ' || state from payouts p
  where state in ('APPROVED', 'SUBMITTED', 'UNKNOWN') and ${noLetter('payout', 'p.id')}
  union all select 'what payout ' || id || ' left at the provider is not back' from payouts p
  where recall_at is not null and ${noLetter('payout', 'p.id')}
  union all select 'what is said to dispute ' || dispute_id || ' is not sent' from dispute_responses r
  where send_at is not null and ${noLetter('dispute', 'r.dispute_id')}`;

/** The same once so many days have passed that everything is settled and every bank has decided. */
export const SETTLEMENT_WORK = `
  select 'dispute ' || id || ' is ' || state as line from disputes where finished_at is null
  union all select type || ' ' || id || ' is not booked: ' || coalesce(cause, 'nobody looked') from psp_balance_transactions t
  where state = 'waiting' and ${noLetter('settlement', 't.id')}
  union all select 'what ' || payment_order_id || ' earned is not available' from order_funds where released_at is null`;

/** Its own work once days have passed. */
export const SETTLEMENT_AT_PROVIDER = `
  select 'the bank has not decided dispute ' || id as line from disputes where status like '%needs_response' or status like '%under_review'`;

/** Balance transactions of the platform, at the provider and here. */
export const LISTED_AT_PROVIDER = 'select count(*)::int as lines from book_transactions where owner is null';
export const LISTED_HERE = 'select count(*)::int as lines from psp_balance_transactions';

/** Hours pass here as well: what was put off for minutes or hours is looked at, and what a worker held as it died is free again. */
export const LOOK_AGAIN = [
  'update psp_feeds set read_at = now() where read_at > now()',
  'update psp_balance_transactions set look_at = now() where look_at > now()',
  'update refunds set resolve_at = now() where resolve_at > now()',
  'update disputes set resolve_at = now() where resolve_at > now()',
  'update dispute_responses set send_at = now() where send_at > now()',
  'update payouts set resolve_at = now() where resolve_at > now()',
  'update payouts set recall_at = now() where recall_at > now()',
] as const;

function noLetter(kind: string, subject: string): string {
  return `not exists (select from dead_letters l where l.kind = '${kind}' and l.subject_id = ${subject} and l.resolved_at is null)`;
}
