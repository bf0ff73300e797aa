import pg from 'pg';
import { askAgain as askAgainAbout } from '#payments';
import { unless } from '../flows/unless.ts';
import type { Stage } from '../stage.ts';

/** The time of a hosted page is over, by the provider's clock. */
export async function expirePage({ simulatorDatabase }: Stage, session: string): Promise<void> {
  const books = new pg.Client({ connectionString: simulatorDatabase });
  await books.connect();
  try {
    await books.query(`update checkout_sessions set expires_at = 1 where id = $1 and status = 'open'`, [session]);
  } finally {
    await books.end();
  }
}

/** An operator has the provider asked about every attempt of the stage that was given up; answers how many there were. */
export async function askAgain({ owner, id }: Stage): Promise<number> {
  const { rows } = await owner.query<{ id: string }>(
    `select a.id from payment_attempts a join dead_letters d on d.subject_id = a.id and d.resolved_at is null
     where a.finished_at is null and starts_with(a.checkout_id, $1)`,
    [`${id}.`],
  );
  for (const attempt of rows)
    await unless(askAgainAbout(attempt.id, 'user:1', 'the provider is back'), 'checkout_not_payable');
  return rows.length;
}
