import { payoutStorm } from './payout-storm.ts';
import { refundStorm } from './refund-storm.ts';
import type { Storm } from './storm.ts';

/** By what is asked for fifty times at once. */
export const STORMS = { refunds: refundStorm, payouts: payoutStorm } as const satisfies Record<string, Storm>;
