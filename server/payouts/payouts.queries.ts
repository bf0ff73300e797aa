import { decodePlace, encodePlace, pool, run } from '#db';
import { AppError, type CurrencyCode, formatMinor } from '#kernel';
import type { Page } from '#payments';
import type { PayoutState } from './payout-state.ts';

/** Rows on a page of payouts, and the most a caller may ask for. */
const PAGE = 25;
const MAX_PAGE = 100;

/** Where a payout goes; its number is at the PSP alone. */
export interface BankView {
  readonly id: string;
  readonly bankName: string;
  readonly country: string;
  readonly currency: CurrencyCode;
  readonly last4: string;
  readonly state: 'new' | 'verified' | 'failed';
  readonly failureCode: string | null;
}

/** A payout in a list. The amount is a decimal string. */
export interface PayoutView {
  readonly id: string;
  readonly sellerId: string;
  readonly sellerName: string;
  readonly amount: string;
  readonly currency: CurrencyCode;
  readonly state: PayoutState;
  /** Why it failed or came back, or what was met last. */
  readonly error: string | null;
  readonly requestedBy: string;
  readonly needsApproval: boolean;
  readonly approvedBy: string | null;
  /** Day of the schedule that asked for it. */
  readonly scheduledFor: string | null;
  readonly bank: BankView;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** One step in the life of a payout. */
export interface PayoutStepView {
  readonly seq: number;
  readonly from: PayoutState;
  readonly to: PayoutState;
  readonly reason: string;
  readonly actor: string;
  readonly at: Date;
}

export interface PayoutDetail extends PayoutView {
  readonly pspPayoutId: string | null;
  readonly tries: number;
  /** When the worker looks again, if it still has to. */
  readonly resolveAt: Date | null;
  /** When the worker next brings back what was left at the provider, if it still has to. */
  readonly recallAt: Date | null;
  readonly steps: readonly PayoutStepView[];
}

export interface PayoutFilter {
  readonly sellerId?: string | undefined;
  readonly states?: readonly PayoutState[] | undefined;
  readonly currency?: CurrencyCode | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

interface Row {
  id: string;
  seller_id: string;
  seller_name: string;
  amount_minor: bigint;
  currency: CurrencyCode;
  state: PayoutState;
  error: string | null;
  requested_by: string;
  needs_approval: boolean;
  approved_by: string | null;
  scheduled_for: string | null;
  psp_payout_id: string | null;
  tries: number;
  resolve_at: Date | null;
  recall_at: Date | null;
  created_at: Date;
  finished_at: Date | null;
  place: string;
  bank: BankView;
}

const COLUMNS = `p.id, p.seller_id, s.display_name as seller_name, p.amount_minor, p.currency, p.state, p.error, p.requested_by, p.needs_approval,
  p.approved_by, p.scheduled_for::text, p.psp_payout_id, p.tries, p.resolve_at, p.recall_at, p.created_at, p.finished_at,
  (p.created_at at time zone 'UTC')::text as place,
  json_build_object('id', b.id, 'bankName', b.bank_name, 'country', b.country, 'currency', b.currency, 'last4', b.last4, 'state', b.state,
    'failureCode', b.failure_code) as bank`;
const FROM = 'payouts p join sellers s on s.id = p.seller_id join bank_accounts b on b.id = p.bank_account_id';

/** Payouts, newest first: of one seller, or all for those who operate the platform. */
export async function listPayouts(filter: PayoutFilter): Promise<Page<PayoutView>> {
  const { sellerId, states, currency, cursor, limit = PAGE } = filter;
  const size = Math.min(Math.max(limit, 1), MAX_PAGE);
  const place = decodePlace(cursor);
  const rows = await run<Row>(pool(), {
    name: 'list-payouts',
    text: `select ${COLUMNS} from ${FROM}
           where ($1::text is null or p.seller_id = $1) and ($2::text[] is null or p.state = any($2)) and ($3::text is null or p.currency = $3)
             and ($4::text is null or (p.created_at, p.id) < ($4::timestamp at time zone 'UTC', $5))
           order by p.created_at desc, p.id desc limit $6`,
    values: [sellerId ?? null, states ?? null, currency ?? null, place?.at ?? null, place?.id ?? null, size + 1],
  });
  const last = rows.length > size ? rows[size - 1] : undefined;
  return {
    rows: rows.slice(0, size).map(viewOf),
    nextCursor: last ? encodePlace({ at: last.place, id: last.id }) : null,
  };
}

/** One payout with its history. Throws `not_found`, also for a payout of another seller than the one named. */
export async function getPayout(payoutId: string, sellerId?: string): Promise<PayoutDetail> {
  const [row] = await run<Row>(pool(), {
    name: 'get-payout',
    text: `select ${COLUMNS} from ${FROM} where p.id = $1 and ($2::text is null or p.seller_id = $2)`,
    values: [payoutId, sellerId ?? null],
  });
  if (!row) throw new AppError('not_found', `There is no payout ${payoutId}.`);
  const steps = await run<{ [Key in keyof PayoutStepView]: PayoutStepView[Key] }>(pool(), {
    name: 'steps-of-payout',
    text: `select seq, from_state as "from", to_state as "to", reason, actor, at from payout_transitions where payout_id = $1 order by seq`,
    values: [payoutId],
  });
  const { psp_payout_id: pspPayoutId, tries, resolve_at: resolveAt, recall_at: recallAt } = row;
  return { ...viewOf(row), pspPayoutId, tries, resolveAt, recallAt, steps };
}

function viewOf(row: Row): PayoutView {
  return {
    id: row.id,
    sellerId: row.seller_id,
    sellerName: row.seller_name,
    amount: formatMinor(row.amount_minor, row.currency),
    currency: row.currency,
    state: row.state,
    error: row.error,
    requestedBy: row.requested_by,
    needsApproval: row.needs_approval,
    approvedBy: row.approved_by,
    scheduledFor: row.scheduled_for,
    bank: row.bank,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}
