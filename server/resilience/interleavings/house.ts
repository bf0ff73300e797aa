import type pg from 'pg';
import { config } from '#config';
import { createPool, lanePool, pool } from '#db';
import { type PaymentSystem, startPaymentSystem } from '#testing';
import { CLERK } from './keyed-mutation.ts';
import type { House } from './play-pair.ts';
import { refundLine } from './refund-line.ts';

/** Most sessions that meet at once. */
const SESSIONS = 3;

/** A database, a provider, and one pool per session, as if each were a process of its own. */
export async function openHouse(
  label: string,
): Promise<House & { readonly system: PaymentSystem; stop(): Promise<void> }> {
  const system = await startPaymentSystem(label, { env: { PSP_TIMEOUT_MS: '5000' } });
  const pools = Array.from(
    { length: SESSIONS },
    (): pg.Pool =>
      createPool({
        url: config().APP_DATABASE_URL,
        max: 2,
        applicationName: 'countinghouse-lane',
        pipeline: true,
        byKeyOnly: true,
      }),
  );
  await system.owner.query(
    `insert into users (id, email, name, role, password_hash) values ($1, 'clerk@example.com', 'Clerk', 'finance', 'x')`,
    [CLERK],
  );
  system.wire.rule(refundLine);
  let acquired = 0;
  for (const one of [...pools, pool(), lanePool()])
    one.on('acquire', () => {
      acquired += 1;
    });
  return {
    system,
    owner: system.owner,
    pools,
    acquired: () => acquired,
    stop: async () => {
      await Promise.all(pools.map((pool) => pool.end()));
      await system.stop();
    },
  };
}
