import type { PlantedBug } from '../bug.ts';
import { LOCK_BUGS } from './locks.ts';
import { MONEY_BUGS } from './money.ts';
import { PROVIDER_BUGS } from './provider.ts';

export const PLANTED_BUGS: readonly PlantedBug[] = [...MONEY_BUGS, ...LOCK_BUGS, ...PROVIDER_BUGS];

/** Throws for an id that nobody gave. */
export function bugById(id: string): PlantedBug {
  const bug = PLANTED_BUGS.find((one) => one.id === id);
  if (!bug) throw new Error(`there is no planted bug ${id}`);
  return bug;
}
