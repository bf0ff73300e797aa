import { pool, run } from '#db';
import { AppError, assert, type CurrencyCode, formatMinor } from '#kernel';
import type { TransactionKind } from '#ledger';

/** One line of a payout's statement; the amount is a decimal string, negative for what was taken. */
export interface StatementLine {
  /** `carried_over`: left by the payout before; `left_available`: stays for the next one; else the ledger transaction's kind. */
  readonly kind: TransactionKind | 'carried_over' | 'left_available';
  /** Place in the ledger's account; null for the two lines that are no entry. */
  readonly seq: string | null;
  /** Ledger transaction, and the business fact behind it, for example a payment order. */
  readonly transactionId: string | null;
  readonly sourceId: string | null;
  readonly effectiveAt: Date | null;
  readonly amount: string;
}

/** What a payout pays: its lines come to exactly its amount. */
export interface PayoutStatement {
  readonly payoutId: string;
  readonly sellerId: string;
  readonly amount: string;
  readonly currency: CurrencyCode;
  readonly createdAt: Date;
  readonly lines: readonly StatementLine[];
}

interface PayoutRow {
  readonly seller_id: string;
  readonly currency: CurrencyCode;
  readonly amount_minor: bigint;
  readonly account_id: bigint;
  readonly first_seq: bigint;
  readonly last_seq: bigint;
  readonly opening_minor: bigint;
  readonly left_minor: bigint;
  readonly created_at: Date;
}

interface EntryRow {
  readonly account_seq: bigint;
  readonly amount_minor: bigint;
  readonly transaction_id: string;
  readonly kind: TransactionKind;
  readonly source_id: string;
  readonly effective_at: Date;
}

/** Every movement of what was available since the payout before. Throws `not_found`, also for another seller's payout. */
export async function payoutStatement(payoutId: string, sellerId?: string): Promise<PayoutStatement> {
  const [payout] = await run<{ [Key in keyof PayoutRow]: PayoutRow[Key] }>(pool(), {
    name: 'payout-of-statement',
    text: `select seller_id, currency, amount_minor, account_id, first_seq, last_seq, opening_minor, left_minor, created_at
           from payouts where id = $1 and ($2::text is null or seller_id = $2)`,
    values: [payoutId, sellerId ?? null],
  });
  if (!payout) throw new AppError('not_found', `There is no payout ${payoutId}.`);
  const entries = await run<{ [Key in keyof EntryRow]: EntryRow[Key] }>(pool(), {
    name: 'lines-of-payout',
    text: `select e.account_seq, e.amount_minor, e.transaction_id, t.kind, t.source_id, t.effective_at
           from ledger_entries e join ledger_transactions t on t.id = e.transaction_id
           where e.account_id = $1 and e.account_seq between $2 and $3 order by e.account_seq`,
    values: [payout.account_id, payout.first_seq, payout.last_seq],
  });
  return statementOf(payoutId, payout, entries);
}

function statementOf(payoutId: string, payout: PayoutRow, entries: readonly EntryRow[]): PayoutStatement {
  const { currency, seller_id: sellerId, opening_minor: opening, left_minor: left, amount_minor: amount } = payout;
  const sum = entries.reduce((total, entry) => total - entry.amount_minor, opening - left);
  assert(sum === amount, `the lines of ${payoutId} come to its amount`);
  const bare = (kind: 'carried_over' | 'left_available', minor: bigint): StatementLine[] => {
    const nowhere = { seq: null, transactionId: null, sourceId: null, effectiveAt: null };
    return minor === 0n ? [] : [{ kind, ...nowhere, amount: formatMinor(minor, currency) }];
  };
  const lines = entries.map((entry) => ({
    kind: entry.kind,
    seq: String(entry.account_seq),
    transactionId: entry.transaction_id,
    sourceId: entry.source_id,
    effectiveAt: entry.effective_at,
    amount: formatMinor(-entry.amount_minor, currency),
  }));
  return {
    payoutId,
    sellerId,
    amount: formatMinor(amount, currency),
    currency,
    createdAt: payout.created_at,
    lines: [...bare('carried_over', opening), ...lines, ...bare('left_available', -left)],
  };
}

/** The statement as CSV (RFC 4180), its last row the control total. No field holds a comma, a quote or a line break. */
export function payoutStatementCsv({ payoutId, currency, amount, lines }: PayoutStatement): string {
  const rows = [
    ['payout_id', 'line', 'kind', 'source_id', 'transaction_id', 'effective_at', 'amount', 'currency'],
    ...lines.map((line, index) => [
      payoutId,
      String(index + 1),
      line.kind,
      line.sourceId ?? '',
      line.transactionId ?? '',
      line.effectiveAt?.toISOString() ?? '',
      line.amount,
      currency,
    ]),
    [payoutId, String(lines.length), 'total', '', '', '', amount, currency],
  ];
  return rows.map((row) => `${row.join(',')}\r\n`).join('');
}
