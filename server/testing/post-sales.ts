import { lanePool } from '#db';
import { orderCaptured, postingDoor } from '#ledger';

/** `node server/testing/post-sales.ts PREFIX COUNT`: posts sales to one shared seller, as another process of ours would. */
const [prefix = 'sale', count = '1'] = process.argv.slice(2);
const verdicts = await Promise.all(
  Array.from({ length: Number(count) }, (_, index) =>
    postingDoor().post(
      orderCaptured({
        paymentOrderId: `${prefix}_${index}`,
        buyerId: 'shared',
        sellerId: 'shared',
        gross: { amountMinor: 1_000n, currency: 'USD' },
        commissionMinor: 25n,
        capturedAt: new Date(),
      }),
    ),
  ),
);
console.info(`posted ${verdicts.filter((verdict) => verdict.kind === 'posted').length}`);
await lanePool().end();
process.exit(0);
