import { pool, run } from '#db';
import { bookTransactions, pullTransaction } from '#settlement';

/** Most movements of a day that are asked for in one run; the next run goes on. */
const MOST_PULLED = 500;
/** Balance transactions booked in one transaction, and most such transactions in one run. */
const BOOKED_AT_A_TIME = 100;
const MOST_BATCHES = 100;

/**
 * Puts right what a rule can: what the provider has and our books have not is asked for by its id and booked as any other. Answers
 * the rows of which the provider knows nothing either. What it does not tell stays open for the next run.
 */
export async function fixByRule(day: string, currency: string): Promise<{ unknown: string[] }> {
  const missing = await run<{ subject: string }>(pool(), {
    text: `select coalesce(p.balance_transaction_id, x.subject) as subject
           from reconciliation_exceptions x left join psp_bank_payouts p on p.id = x.subject
           where x.day = $1 and x.currency = $2 and x.type = 'missing_in_books' and x.closed_at is null order by x.id limit $3`,
    values: [day, currency, MOST_PULLED],
  });
  const unknown: string[] = [];
  for (const { subject } of missing) if ((await pullTransaction(subject)) === 'absent') unknown.push(subject);
  await bookWhatIsDue();
  return { unknown };
}

/** Books what waits and is due, as the worker does at any time. */
export async function bookWhatIsDue(): Promise<void> {
  for (let batch = 0; batch < MOST_BATCHES && (await bookTransactions(BOOKED_AT_A_TIME)) > 0; batch += 1);
}
