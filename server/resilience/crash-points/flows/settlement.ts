import { takePayment } from '#payments';
import { bookTransactions, closeBookingLetter, readFeed, releaseFunds, retryBooking } from '#settlement';
import type { Flow } from '../flow.ts';
import { lastAttempt, PRINCIPAL, paymentOf, type Stage } from '../stage.ts';
import { unless } from './unless.ts';

/** As in the worker. */
const BATCH = 100;
/** Longest wait for an outcome, in milliseconds. */
const WAIT_MS = 10_000;

/**
 * Two orders of two sellers, each charged on its own, with a card whose money is available at once. One that was settled before has
 * opened the platform's accounts, so that every run passes the same points.
 */
async function pay(stage: Stage): Promise<void> {
  const token = 'tok_bypassPending';
  await takePayment(paymentOf(stage, { token, amounts: [700n], nth: 2 }), PRINCIPAL, { waitMs: WAIT_MS });
  await readAll(stage);
  await book();
  await takePayment(paymentOf(stage, { token, amounts: [1_000n, 550n] }), PRINCIPAL, { waitMs: WAIT_MS });
}

async function read({ owner }: Stage): Promise<void> {
  await owner.query('update psp_feeds set read_at = now()');
  await readFeed();
}

/** Until nothing is left that an earlier reading did not come to, so that the next one begins with the newest. */
async function readAll(stage: Stage): Promise<void> {
  do await read(stage);
  while ((await stage.owner.query('select from psp_feeds where page_after is not null')).rowCount);
}

async function book(): Promise<void> {
  await bookTransactions(BATCH);
  await releaseFunds(BATCH);
}

async function settle(stage: Stage): Promise<void> {
  await read(stage);
  await book();
}

/** One charge could not be read when it came; a person was asked about it. */
async function refuseOne(stage: Stage): Promise<void> {
  await pay(stage);
  await readAll(stage);
  await stage.owner.query(
    `with refused as (
       update psp_balance_transactions set state = 'refused', cause = 'unreadable', look_at = null where subject_id = $1 returning id
     ) insert into dead_letters (kind, subject_id, cause, tries) select 'settlement', id, 'unreadable', 1 from refused`,
    [(await lastAttempt(stage)).id],
  );
}

async function tryAgain(stage: Stage): Promise<void> {
  const { rows } = await stage.owner.query<{ id: string }>(
    'select id from psp_balance_transactions where subject_id = $1',
    [(await lastAttempt(stage)).id],
  );
  for (const { id } of rows) await unless(retryBooking(id, 'user:1', 'the file says what it is'), 'not_found');
  await book();
}

/** Something that nobody knows is booked to suspense. */
async function suspendOne(stage: Stage): Promise<void> {
  await readAll(stage);
  await stage.owner.query(
    `insert into psp_balance_transactions (id, type, amount_minor, fee_minor, net_minor, currency, created_at, available_on)
     values ($1, 'climate_order_purchase', -300, 0, -300, 'USD', now(), now() - interval '1 hour')`,
    [`${stage.id}.txn`],
  );
  await bookTransactions(BATCH);
}

export const SETTLEMENT_FLOWS: readonly Flow[] = [
  { name: 'settle', alone: true, before: pay, act: settle },
  { name: 'settlement-retried', alone: false, before: refuseOne, act: tryAgain },
  {
    name: 'close-settlement-letter',
    alone: true,
    before: suspendOne,
    act: ({ id }) => unless(closeBookingLetter(`${id}.txn`, 'user:1', 'trees were planted'), 'not_found'),
  },
];
