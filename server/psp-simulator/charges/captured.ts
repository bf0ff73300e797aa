import type { ChargeRow } from '../database/rows.ts';

/** What a charge took of the shopper, in minor units: an authorization may be captured in part. */
export function capturedOf({ status, amount, released }: ChargeRow): number {
  return status === 'succeeded' ? amount - released : 0;
}
