import { columns, type Statement } from '#db';

/** Money of an attempt that came too late: how much was booked to suspense for the buyer, in minor units of the attempt. */
export interface HeldRow {
  readonly attemptId: string;
  readonly amountMinor: bigint;
}

/**
 * Notes held money in the transaction that books it: from now on its refund is due. Whatever a person was asked about the attempt
 * before is answered by it.
 */
export function holdMoney(held: readonly HeldRow[]): Statement[] {
  if (held.length === 0) return [];
  const [ids, amounts] = columns(
    held,
    (row) => row.attemptId,
    (row) => row.amountMinor,
  );
  return [
    {
      name: 'hold-money',
      text: `update payment_attempts a set held_minor = n.amount, refund_due = true
             from unnest($1::text[], $2::bigint[]) n (id, amount) where a.id = n.id and a.held_minor is null`,
      values: [ids, amounts],
      expectRows: held.length,
    },
    {
      name: 'answer-dead-letters',
      text: `update dead_letters set resolved_at = now(), resolution = 'payments: the money came late and goes back by itself'
             where kind = 'attempt' and subject_id = any($1::text[]) and resolved_at is null`,
      values: [ids],
    },
  ];
}
