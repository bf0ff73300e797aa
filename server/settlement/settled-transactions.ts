import type pg from 'pg';
import type { Statement } from '#db';
import type { SettledBefore, WaitingTransaction } from './decide-booking.ts';

/** Locks those that still wait, and reads what was booked before for the same sources and subjects. */
export function lockTransactions(batch: readonly WaitingTransaction[]): Statement[] {
  return [
    {
      name: 'lock-balance-transactions',
      text: `select id, type from psp_balance_transactions where id = any($1::text[]) and state = 'waiting' order by id for no key update`,
      values: [batch.map((one) => one.id)],
    },
    {
      name: 'settled-before',
      text: `select type, source_id, subject_id, amount_minor, ledger_transaction_id from psp_balance_transactions
             where state = 'booked' and (source_id = any($1::text[]) or subject_id = any($2::text[]))`,
      values: [batch.flatMap(({ sourceId }) => sourceId ?? []), batch.flatMap(({ subjectId }) => subjectId ?? [])],
    },
  ];
}

/** What was settled before, in the database or earlier in the same batch. */
export class SettledTransactions implements SettledBefore {
  readonly #bySource = new Map<string, { ledgerTransactionId: string; amountMinor: bigint }>();
  readonly #subjects = new Set<string>();
  readonly #booked = new Set<string>();

  constructor(rows: readonly pg.QueryResultRow[]) {
    for (const row of rows)
      this.#keep(row.type, row.source_id, row.subject_id, row.ledger_transaction_id, row.amount_minor);
  }

  add({ type, sourceId, subjectId, amountMinor }: WaitingTransaction, ledgerTransactionId: string): void {
    this.#keep(type, sourceId, subjectId, ledgerTransactionId, amountMinor);
  }

  isSettled(subjectId: string, type: string): boolean {
    return this.#subjects.has(`${type} ${subjectId}`);
  }

  isBooked(ledgerTransactionId: string): boolean {
    return this.#booked.has(ledgerTransactionId);
  }

  find(sourceId: string, type: string): { readonly ledgerTransactionId: string; readonly amountMinor: bigint } | null {
    return this.#bySource.get(`${type} ${sourceId}`) ?? null;
  }

  #keep(type: string, source: string | null, subject: string | null, ledgerTransactionId: string, amountMinor: bigint) {
    this.#booked.add(ledgerTransactionId);
    if (source !== null) this.#bySource.set(`${type} ${source}`, { ledgerTransactionId, amountMinor });
    if (subject !== null) this.#subjects.add(`${type} ${subject}`);
  }
}
