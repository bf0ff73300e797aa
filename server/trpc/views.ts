import { formatMinor } from '#kernel';
import type { EntryView, TransactionView } from '#ledger';

/** A ledger entry for screens: its amount stands in one of two columns, as a decimal string. */
export interface EntryLine {
  readonly accountCode: string;
  readonly accountKind: EntryView['accountKind'];
  readonly seq: string;
  readonly debit: string | null;
  readonly credit: string | null;
  /** Balance after the entry: signed, debit positive. */
  readonly balance: string;
  /** The same as what the platform owes: credit positive, as a seller reads it. */
  readonly owed: string;
  readonly currency: EntryView['currency'];
  readonly transactionId: string;
  readonly transactionKind: EntryView['transactionKind'];
  readonly sourceId: string;
  readonly recordedAt: Date;
}

/** A ledger transaction for screens, with both totals, so that the reader sees them to be equal. */
export interface TransactionCard {
  readonly id: string;
  readonly kind: TransactionView['kind'];
  readonly sourceId: string;
  readonly recordedAt: Date;
  readonly entries: readonly EntryLine[];
  readonly totals: readonly {
    readonly currency: EntryView['currency'];
    readonly debits: string;
    readonly credits: string;
    readonly difference: string;
  }[];
}

export function entryLine(entry: EntryView): EntryLine {
  const { amountMinor, balanceAfterMinor, currency } = entry;
  return {
    accountCode: entry.accountCode,
    accountKind: entry.accountKind,
    seq: entry.seq.toString(),
    debit: amountMinor > 0n ? formatMinor(amountMinor, currency) : null,
    credit: amountMinor < 0n ? formatMinor(-amountMinor, currency) : null,
    balance: formatMinor(balanceAfterMinor, currency),
    owed: formatMinor(-balanceAfterMinor, currency),
    currency,
    transactionId: entry.transactionId,
    transactionKind: entry.transactionKind,
    sourceId: entry.sourceId,
    recordedAt: entry.recordedAt,
  };
}

export function transactionCard({ id, kind, sourceId, recordedAt, entries }: TransactionView): TransactionCard {
  const totals = [...Map.groupBy(entries, (entry) => entry.currency)].map(([currency, ofCurrency]) => {
    const side = (sign: bigint) =>
      ofCurrency.reduce((sum, { amountMinor }) => sum + (amountMinor * sign > 0n ? amountMinor * sign : 0n), 0n);
    const [debits, credits] = [side(1n), side(-1n)];
    return {
      currency,
      debits: formatMinor(debits, currency),
      credits: formatMinor(credits, currency),
      difference: formatMinor(debits - credits, currency),
    };
  });
  return { id, kind, sourceId, recordedAt, entries: entries.map(entryLine), totals };
}
