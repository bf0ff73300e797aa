import { completeWrites } from '../requests/complete-writes.ts';
import { nowSeconds } from '../requests/request.ts';
import type { Simulator } from '../simulator.ts';
import { readBalance } from './balance.ts';

/** Name of the row with the time (Unix seconds) up to which it has been told what became available. */
const TOLD = 'balance_told_until';

/** When money of the platform becomes available that was not from the beginning, and nobody has been told. */
export const NEXT_ANNOUNCEMENT = `
  select min(available_on) * 1000 from book_transactions
  where owner is null and available_on > created
    and available_on > coalesce((select value from simulator_state where name = '${TOLD}'), 0)`;

const TELL = `
  insert into simulator_state as s (name, value) values ('${TOLD}', $1)
  on conflict (name) do update set value = excluded.value where s.value < excluded.value returning value`;

/** Tells by `balance.available` that pending money has become available, once for all that did. */
export async function announceBalance(simulator: Simulator): Promise<number> {
  const told = await simulator.store.transact(async (tx) => {
    const fresh = await tx.rows('tell_balance', TELL, [nowSeconds()]);
    if (fresh.length === 0) return { count: 0, writes: {} };
    const object = JSON.stringify(await readBalance(tx, null));
    const events = [{ type: 'balance.available', object_id: 'balance', object }];
    return { count: 1, writes: completeWrites(simulator, { answer: { status: 200, body: '' }, writes: {}, events }) };
  });
  simulator.sender.wake();
  return told.count;
}
