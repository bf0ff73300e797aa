import type { PlantedBug } from '../bug.ts';
import { KEY_BUGS } from './keys.ts';
import { LOCK_BUGS } from './locks.ts';
import { MONEY_BUGS } from './money.ts';
import { PROVIDER_BUGS } from './provider.ts';
import { REFUND_BUGS } from './refunds.ts';
import { RETRY_BUGS } from './retries.ts';
import { WAYS_OUT_BUGS } from './ways-out.ts';
import { WEBHOOK_BUGS } from './webhooks.ts';

export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...MONEY_BUGS,
  ...REFUND_BUGS,
  ...WAYS_OUT_BUGS,
  ...LOCK_BUGS,
  ...KEY_BUGS,
  ...PROVIDER_BUGS,
  ...RETRY_BUGS,
  ...WEBHOOK_BUGS,
];

/** Throws for an id that nobody gave. */
export function bugById(id: string): PlantedBug {
  const bug = PLANTED_BUGS.find((one) => one.id === id);
  if (!bug) throw new Error(`there is no planted bug ${id}`);
  return bug;
}
