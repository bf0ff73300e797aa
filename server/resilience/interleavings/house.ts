import type pg from 'pg';
import { config } from '#config';
import { createPool } from '#db';
import { knowFunds, type PaymentSystem, startPaymentSystem } from '#testing';
import type { House } from './play-pair.ts';

/** Most sessions that meet at once. */
const SESSIONS = 3;

/** A database, a provider, and one pool per session, as if each were a process of its own. */
export async function openHouse(
  label: string,
): Promise<House & { readonly system: PaymentSystem; close(): Promise<void> }> {
  const system = await startPaymentSystem(label, { env: { PSP_TIMEOUT_MS: '5000' } });
  await knowFunds(system.owner);
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
  return {
    system,
    owner: system.owner,
    pools,
    close: async () => {
      await Promise.all(pools.map((pool) => pool.end()));
      await system.stop();
    },
  };
}
