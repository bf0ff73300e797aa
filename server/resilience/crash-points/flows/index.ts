import type { Flow } from '../flow.ts';
import { DIRECT_FLOWS } from './direct.ts';
import { DISPUTE_FLOWS } from './disputes.ts';
import { HOSTED_FLOWS } from './hosted.ts';
import { KEYED_FLOWS } from './keyed.ts';
import { MESSAGE_FLOWS } from './messages.ts';
import { PAYOUT_FLOWS } from './payouts.ts';
import { RECONCILIATION_FLOWS } from './reconciliation.ts';
import { REFUND_FLOWS } from './refunds.ts';
import { SETTLEMENT_FLOWS } from './settlement.ts';

/** Every flow that moves money or promises something. */
export const FLOWS: readonly Flow[] = [
  // First: a day is reconciled as a whole, and what other flows have moved in it would be more to do, now and then.
  ...RECONCILIATION_FLOWS,
  ...DIRECT_FLOWS,
  ...HOSTED_FLOWS,
  ...REFUND_FLOWS,
  ...SETTLEMENT_FLOWS,
  ...PAYOUT_FLOWS,
  ...DISPUTE_FLOWS,
  ...KEYED_FLOWS,
  ...MESSAGE_FLOWS,
];

export function flowNamed(name: string): Flow {
  const flow = FLOWS.find((one) => one.name === name);
  if (!flow) throw new Error(`There is no flow ${name}. There are: ${FLOWS.map((one) => one.name).join(', ')}.`);
  return flow;
}
