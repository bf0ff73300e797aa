import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { askAgain as askAgainAbout } from '#payments';
import { unless } from '../flows/unless.ts';
import type { Stage } from '../stage.ts';

/** How often the provider's books are looked at for an end, in milliseconds. */
const LOOK_MS = 10;

/** The time of a hosted page is over, by the provider's clock. */
export function expirePage(stage: Stage, session: string): Promise<void> {
  return inProvider(stage, async (books) => {
    await books.query(`update checkout_sessions set expires_at = 1 where id = $1 and status = 'open'`, [session]);
  });
}

/** The days pass, by the provider's clock, after which a refund of the stage is done, or comes back. Resolves when it has. */
export async function letRefundsEnd(stage: Stage): Promise<void> {
  const { rows } = await stage.owner.query<{ id: string }>(
    'select id from payment_attempts where starts_with(checkout_id, $1)',
    [`${stage.id}.`],
  );
  const attempts = [rows.map((row) => row.id)];
  const due = `next_at is not null and metadata ->> 'attempt_id' = any($1::text[])`;
  await inProvider(stage, async (books) => {
    await books.query(`update refunds set next_at = now() where ${due}`, attempts);
    while ((await books.query(`select from refunds where ${due}`, attempts)).rowCount) await delay(LOOK_MS);
  });
}

async function inProvider({ simulatorDatabase }: Stage, work: (books: pg.Client) => Promise<void>): Promise<void> {
  const books = new pg.Client({ connectionString: simulatorDatabase });
  await books.connect();
  try {
    await work(books);
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
