import { columns, type Statement } from '#db';
import type { CurrencyCode } from '#kernel';
import type { PayoutState } from './payout-state.ts';

/** A payout with the entries of the seller's available account that it pays; amounts in minor units. */
export interface NewPayout {
  readonly id: string;
  readonly sellerId: string;
  readonly bankAccountId: string;
  readonly currency: CurrencyCode;
  readonly amountMinor: bigint;
  readonly accountId: bigint;
  readonly firstSeq: bigint;
  readonly lastSeq: bigint;
  readonly openingMinor: bigint;
  readonly movedMinor: bigint;
  readonly leftMinor: bigint;
  /** Day of the schedule that asked for it, as YYYY-MM-DD. */
  readonly scheduledFor: string | null;
  readonly requestedBy: string;
  readonly needsApproval: boolean;
}

/** What may change about a payout. */
export interface PayoutRow {
  readonly id: string;
  readonly state: PayoutState;
  readonly seq: number;
  /** As it was read: the fence of the update. */
  readonly seqRead: number;
  readonly approvedBy: string | null;
  readonly pspPayoutId: string | null;
  readonly tries: number;
  readonly error: string | null;
  readonly resolveAt: Date | null;
  readonly recallAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface PayoutTransition {
  readonly payoutId: string;
  readonly seq: number;
  readonly from: PayoutState;
  readonly to: PayoutState;
  readonly reason: string;
  readonly actor: string;
}

/** Inserts a payout, REQUESTED. */
export function insertPayout(payout: NewPayout): Statement {
  return {
    name: 'insert-payout',
    text: `insert into payouts (id, seller_id, bank_account_id, currency, amount_minor, account_id, first_seq, last_seq, opening_minor,
             moved_minor, left_minor, scheduled_for, requested_by, needs_approval)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::date, $13, $14)`,
    values: [
      payout.id,
      payout.sellerId,
      payout.bankAccountId,
      payout.currency,
      payout.amountMinor,
      payout.accountId,
      payout.firstSeq,
      payout.lastSeq,
      payout.openingMinor,
      payout.movedMinor,
      payout.leftMinor,
      payout.scheduledFor,
      payout.requestedBy,
      payout.needsApproval,
    ],
    expectRows: 1,
  };
}

/** Writes payouts as they stand now and the steps that led there, in one statement, as the database demands. */
export function movePayouts(changed: readonly PayoutRow[], steps: readonly PayoutTransition[]): Statement[] {
  if (changed.length === 0) return [];
  return [
    {
      name: 'move-payouts',
      text: `with history as (
               insert into payout_transitions (payout_id, seq, from_state, to_state, reason, actor)
               select * from unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::text[])
             )
             update payouts p set state = n.state, state_seq = n.seq, approved_by = n.approved_by, psp_payout_id = n.psp_payout_id,
                                  tries = n.tries, error = n.error, resolve_at = n.resolve_at, recall_at = n.recall_at, finished_at = n.finished_at
             from unnest($7::text[], $8::smallint[], $9::text[], $10::smallint[], $11::text[], $12::text[], $13::smallint[], $14::text[],
                         $15::timestamptz[], $16::timestamptz[], $17::timestamptz[])
                    n (id, seq_read, state, seq, approved_by, psp_payout_id, tries, error, resolve_at, recall_at, finished_at)
             where p.id = n.id and p.state_seq = n.seq_read`,
      values: [
        ...columns(
          steps,
          (row) => row.payoutId,
          (row) => row.seq,
          (row) => row.from,
          (row) => row.to,
          (row) => row.reason,
          (row) => row.actor,
        ),
        ...columns(
          changed,
          (row) => row.id,
          (row) => row.seqRead,
          (row) => row.state,
          (row) => row.seq,
          (row) => row.approvedBy,
          (row) => row.pspPayoutId,
          (row) => row.tries,
          (row) => row.error,
          (row) => row.resolveAt,
          (row) => row.recallAt,
          (row) => row.finishedAt,
        ),
      ],
      expectRows: changed.length,
    },
  ];
}

/** What payouts told of their banks: one that money reached works; one that the bank or the provider refused for good does not. */
export function judgeBankAccounts(
  judged: readonly { readonly bankAccountId: string; readonly failureCode: string | null }[],
): Statement[] {
  if (judged.length === 0) return [];
  return [
    {
      name: 'judge-bank-accounts',
      text: `update bank_accounts b set state = case when n.code is null then 'verified' else 'failed' end, failure_code = n.code
             from unnest($1::text[], $2::text[]) n (id, code) where b.id = n.id and (n.code is not null or b.state = 'new')`,
      values: columns(
        judged,
        (row) => row.bankAccountId,
        (row) => row.failureCode,
      ),
    },
  ];
}
