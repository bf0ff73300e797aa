import { closeException, reconcileDay } from '#reconciliation';
import { bookTransactions, readFeed } from '#settlement';
import type { Flow } from '../flow.ts';
import type { Stage } from '../stage.ts';
import { unless } from './unless.ts';

/** As in the worker. */
const BATCH = 100;

/**
 * A day of long ago, of the stage alone, on which a payout arrived in each of two currencies; its files do not know of the movements that
 * our books expect in them.
 */
async function payOutLongAgo({ id, owner }: Stage): Promise<void> {
  await owner.query('update psp_feeds set read_at = now()');
  await readFeed();
  await owner.query(
    `with day as (select coalesce(max(arrives_on), date '2001-01-01') + 1 as day from psp_bank_payouts where arrives_on < '2020-01-01'),
     kinds (currency, suffix) as (values ('USD', ''), ('EUR', '_eur')),
     t as (
       insert into psp_balance_transactions (id, type, amount_minor, fee_minor, net_minor, currency, created_at, available_on)
       select $1 || '.txn' || suffix, 'climate_order_purchase', -300, 0, -300, currency, day + time '08:00', day + time '08:00' from day, kinds
     )
     insert into psp_bank_payouts (id, currency, amount_minor, automatic, balance_transaction_id, created_at, arrives_on)
     select $1 || '.po' || suffix, currency, 300, true, $1 || '.txn_po' || suffix, day + time '09:00', day from day, kinds`,
    [id],
  );
  await bookTransactions(BATCH);
}

async function dayOf({ id, owner }: Stage): Promise<string> {
  const { rows } = await owner.query<{ day: string }>(
    `select to_char(arrives_on, 'YYYY-MM-DD') as day from psp_bank_payouts where id = $1 || '.po'`,
    [id],
  );
  return rows[0]?.day ?? '';
}

async function reconcile(stage: Stage): Promise<void> {
  await reconcileDay(await dayOf(stage));
}

async function closeIt(stage: Stage): Promise<void> {
  const { rows } = await stage.owner.query<{ id: string }>(
    `select id::text from reconciliation_exceptions where day = $1 and subject = $2 || '.txn'`,
    [await dayOf(stage), stage.id],
  );
  await unless(closeException(rows[0]?.id ?? '', 'user:1', 'trees were planted'), 'not_found');
}

export const RECONCILIATION_FLOWS: readonly Flow[] = [
  // Whoever finds the day not reconciled does it again: the next night, or a person.
  { name: 'reconcile', alone: false, before: payOutLongAgo, act: reconcile },
  {
    name: 'close-difference',
    alone: true,
    before: async (stage) => {
      await payOutLongAgo(stage);
      await reconcile(stage);
    },
    act: closeIt,
  },
];
