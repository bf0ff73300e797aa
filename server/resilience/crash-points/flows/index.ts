import type { Flow } from '../flow.ts';
import { DIRECT_FLOWS } from './direct.ts';
import { HOSTED_FLOWS } from './hosted.ts';
import { MESSAGE_FLOWS } from './messages.ts';
import { PAYOUT_FLOWS } from './payouts.ts';

/** Every flow that moves money or promises something. */
export const FLOWS: readonly Flow[] = [...DIRECT_FLOWS, ...HOSTED_FLOWS, ...MESSAGE_FLOWS, ...PAYOUT_FLOWS];

export function flowNamed(name: string): Flow {
  const flow = FLOWS.find((one) => one.name === name);
  if (!flow) throw new Error(`There is no flow ${name}. There are: ${FLOWS.map((one) => one.name).join(', ')}.`);
  return flow;
}
