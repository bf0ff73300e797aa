/** A balance transaction of the provider as our books have it; amounts in minor units, `available_on` in Unix seconds. */
export interface LineRow {
  readonly id: string;
  readonly type: string;
  readonly source: string | null;
  readonly amount: string;
  readonly fee: string;
  readonly net: string;
  readonly currency: string;
  readonly available_on: string;
  readonly state: string;
  readonly told: boolean;
}

export interface DisputeRow {
  readonly id: string;
  readonly psp_dispute_id: string;
  readonly state: string;
  readonly amount: string;
  readonly currency: string;
  /** What was taken, and what came back of it; null where that did not happen. */
  readonly withdrawn: string | null;
  readonly reinstated: string | null;
  /** How often each stage is in the ledger. */
  readonly opened: number;
  readonly won: number;
  readonly lost: number;
  /** What the shop said: `evidence` or `acceptance`, oldest first. */
  readonly said: readonly string[];
  readonly told: boolean;
}

export interface PayoutRow {
  readonly id: string;
  readonly seller_id: string;
  readonly state: string;
  readonly amount: string;
  readonly currency: string;
  readonly approved_by: string | null;
  /** What it took of the seller's available money, and what of it has left the bank, in the ledger. */
  readonly taken: string;
  readonly left_bank: string;
  /** It took more than was there. */
  readonly overdrawn: boolean;
  readonly told: boolean;
}

/** Our side of money that goes out, and of what the provider says that it moved. */
export interface MoneyBooks {
  readonly lines: readonly LineRow[];
  readonly disputes: readonly DisputeRow[];
  readonly payouts: readonly PayoutRow[];
  /** What each keyed request has done. */
  readonly keys: readonly { readonly key: string; readonly subject_id: string | null }[];
  /** What stands at the provider, by the ledger. */
  readonly clearing: readonly { readonly currency: string; readonly amount: string }[];
}

const told = (kind: string, id: string) =>
  `exists (select from dead_letters l where l.kind = '${kind}' and l.subject_id = ${id} and l.resolved_at is null) as told`;
const times = (kind: string) =>
  `(select count(*)::int from ledger_transactions t where t.kind = '${kind}' and t.source_id = d.id)`;
const moved = (account: string) => `
  (select coalesce(sum(e.amount_minor), 0) from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
   join ledger_accounts a on a.id = e.account_id where t.source_id = p.id and t.kind::text like 'payout%' and a.kind = '${account}')`;

export const MONEY_READS = {
  lines: `select id, type, source_id as source, amount_minor::text as amount, fee_minor::text as fee, net_minor::text as net, currency,
            extract(epoch from available_on)::bigint::text as available_on, state, ${told('settlement', 't.id')}
          from psp_balance_transactions t order by id`,
  disputes: `select id, psp_dispute_id, state, amount_minor::text as amount, currency, withdrawn_minor::text as withdrawn,
               reinstated_minor::text as reinstated, ${times('dispute_opened')} as opened, ${times('dispute_won')} as won,
               ${times('dispute_lost')} as lost,
               array(select kind from dispute_responses r where r.dispute_id = d.id order by created_at) as said, ${told('dispute', 'd.id')}
             from disputes d order by id`,
  payouts: `select id, seller_id, state, amount_minor::text as amount, currency, approved_by, ${moved('seller_available')}::text as taken,
              (-${moved('bank_cash')})::text as left_bank,
              exists (
                select from ledger_transactions t join ledger_entries e on e.transaction_id = t.id join ledger_accounts a on a.id = e.account_id
                where t.source_id = p.id and t.kind = 'payout_requested' and a.kind = 'seller_available' and e.balance_after > 0) as overdrawn,
              ${told('payout', 'p.id')}
            from payouts p order by id`,
  keys: 'select key, subject_id from idempotency_keys order by key',
  clearing: `select currency, balance::text as amount from ledger_accounts where kind = 'psp_clearing' order by currency`,
} as const satisfies Record<keyof MoneyBooks, string>;
