import { createPool } from '#db';
import { createPostingDoor, orderCaptured } from '#ledger';
import type { Contender } from './contender.ts';

/** The ledger's own door, exactly as the application uses it: its role, its triggers, its checks, its batching. */
export function openOurDoor(appUrl: string): Contender {
  const pool = createPool({ url: appUrl, max: 4, applicationName: 'bench-door', pipeline: true, byKeyOnly: true });
  const door = createPostingDoor(pool);
  return {
    name: 'Countinghouse',
    async post({ orderId, buyerId, sellerId, amountMinor }) {
      const verdict = await door.post(
        orderCaptured({
          paymentOrderId: orderId,
          buyerId,
          sellerId,
          gross: { amountMinor, currency: 'USD' },
          commissionMinor: 0n,
          capturedAt: new Date(),
        }),
      );
      if (verdict.kind !== 'posted') throw new Error(`${orderId} was not posted: ${verdict.kind}`);
    },
    close: () => pool.end(),
  };
}
