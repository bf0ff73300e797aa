import { lanePool, pool, run, runInTransaction } from '#db';
import type { DisputeBooked, WaitingTransaction } from './decide-booking.ts';
import { tellSomebody } from './transaction-rows.ts';

/** How long a claimed balance transaction is left to its worker before another may take it, in seconds. */
const LEASE_SECONDS = 60;
/** Tries after which a person is told of what fails, and of what only waits. */
const TRIES_UNTIL_TOLD = { fails: 6, waits: 100 };
/** Days that it must have waited as well, longer than a payout takes: news of others has it looked at more often. */
const DAYS_UNTIL_TOLD = { fails: 0, waits: 4 };
/** Longest pause between two tries, in seconds. */
const LONGEST_PAUSE_SECONDS = 3_600;
/** Longest cause that is kept, in characters. */
const MAX_CAUSE_LENGTH = 300;

/** A balance transaction that was claimed by this process. */
export interface ClaimedTransaction {
  readonly id: string;
  readonly type: string;
  readonly amount_minor: bigint;
  readonly fee_minor: bigint;
  readonly net_minor: bigint;
  readonly currency: string;
  readonly source_id: string | null;
  readonly subject_id: string | null;
  readonly psp_payment_id: string | null;
  readonly available_on: Date;
  readonly tries: number;
  /** Until when it is left to this process; another time stands there once somebody has claimed it again or wants it looked at. */
  readonly lease: string;
}

/** Claims what waits, is available on the PSP's clock and is to be looked at on ours. Rows of other workers are skipped. */
export async function claimDue(limit: number): Promise<ClaimedTransaction[]> {
  const rows = await run<{ [Column in keyof ClaimedTransaction]: ClaimedTransaction[Column] } & { created_at: Date }>(
    lanePool(),
    {
      name: 'claim-balance-transactions',
      text: `update psp_balance_transactions t set look_at = now() + make_interval(secs => $2), tries = least(t.tries + 1, 1000)
             from (
               select id from psp_balance_transactions
               where state = 'waiting' and look_at <= now()
                 and available_on <= (select psp_time from psp_feeds where name = 'balance_transactions')
               order by available_on, id limit $1 for update skip locked
             ) due
             where t.id = due.id
             returning t.id, t.type, t.amount_minor, t.fee_minor, t.net_minor, t.currency, t.source_id, t.subject_id, t.psp_payment_id,
               t.available_on, t.tries, t.look_at::text as lease, t.created_at`,
      values: [limit, LEASE_SECONDS],
    },
  );
  // What takes something back comes after it, though both may be due in one round.
  return rows.toSorted((a, b) => a.created_at.getTime() - b.created_at.getTime() || a.type.localeCompare(b.type));
}

/** What is known here of the attempts and refunds with these ids. */
export async function loadSubjects(
  ids: readonly (string | null)[],
): Promise<Map<string, NonNullable<WaitingTransaction['subject']>>> {
  const rows = await run<{
    id: string;
    kind: 'attempt' | 'refund';
    known: boolean;
    failed: boolean;
    amount_minor: bigint;
    currency: string;
    psp_payment_id: string | null;
    buyer_user_id: string;
  }>(lanePool(), {
    name: 'subjects-of-settlement',
    text: `select s.*, e.buyer_user_id from (
             select id, 'attempt' as kind, state = 'SUCCEEDED' as known, false as failed, amount_minor, currency, psp_payment_id, checkout_id
             from payment_attempts where id = any($1::text[])
             union all
             select r.id, 'refund', r.finished_at is not null, r.state in ('FAILED', 'FAILED_LATE'), r.amount_minor, r.currency, a.psp_payment_id, a.checkout_id
             from refunds r join payment_attempts a on a.id = r.attempt_id where r.id = any($1::text[])
           ) s join payment_events e on e.checkout_id = s.checkout_id`,
    values: [ids.filter((id) => id !== null)],
  });
  return new Map(
    rows.map((row) => [
      row.id,
      {
        kind: row.kind,
        known: row.known,
        failed: row.failed,
        amountMinor: row.amount_minor,
        currency: row.currency,
        pspPaymentId: row.psp_payment_id,
        buyerId: row.buyer_user_id,
      },
    ]),
  );
}

/** What the books hold of the disputes that these are sources of, by the PSP's ids. What is booked never changes. */
export async function loadDisputes(sourceIds: readonly (string | null)[]): Promise<Map<string, DisputeBooked>> {
  const rows = await run<{
    psp_dispute_id: string;
    currency: string;
    kind: 'dispute_opened' | 'dispute_won' | null;
    transaction_id: string;
    net_minor: bigint;
  }>(lanePool(), {
    name: 'disputes-of-settlement',
    text: `select d.psp_dispute_id, d.currency, t.kind, t.id as transaction_id, e.amount_minor as net_minor
           from disputes d
           left join ledger_transactions t on t.source_id = d.id and t.kind in ('dispute_opened', 'dispute_won')
           left join (ledger_entries e join ledger_accounts a on a.id = e.account_id and a.kind = 'psp_clearing') on e.transaction_id = t.id
           where d.psp_dispute_id = any($1::text[])`,
    values: [sourceIds.filter((id) => id !== null)],
  });
  return new Map(
    [...Map.groupBy(rows, (row) => row.psp_dispute_id)].map(([id, booked]) => {
      const find = (kind: 'dispute_opened' | 'dispute_won') => {
        const row = booked.find((one) => one.kind === kind);
        return row ? { ledgerTransactionId: row.transaction_id, netMinor: row.net_minor } : null;
      };
      const [{ currency }] = booked as [(typeof booked)[number]];
      return [id, { currency, opened: find('dispute_opened'), won: find('dispute_won') }];
    }),
  );
}

/**
 * It goes on waiting, longer each time; a person is told once it has waited often and long. Nothing is ever given up. What somebody has made
 * due meanwhile, because there is news of it, stays due.
 */
export async function putBack(
  { id, tries, lease }: Pick<ClaimedTransaction, 'id' | 'tries' | 'lease'>,
  why: keyof typeof TRIES_UNTIL_TOLD,
  reason: string,
): Promise<void> {
  const kept = `${why}: ${reason}`.replaceAll('\0', '').slice(0, MAX_CAUSE_LENGTH);
  await runInTransaction(async (tx) => {
    const [waiting] = await run<{ long_enough: boolean }>(tx, {
      text: `update psp_balance_transactions set look_at = now() + make_interval(secs => $2), cause = $3
             where id = $1 and state = 'waiting' and look_at = $4::timestamptz
             returning seen_at <= now() - make_interval(days => $5) as long_enough`,
      values: [id, Math.min(2 ** tries, LONGEST_PAUSE_SECONDS), kept, lease, DAYS_UNTIL_TOLD[why]],
    });
    if (!waiting?.long_enough || tries < TRIES_UNTIL_TOLD[why]) return;
    for (const statement of tellSomebody([{ id, cause: kept }])) await run(tx, statement);
  }, pool());
}
