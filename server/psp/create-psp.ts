import { contractOnly } from './contract-only.ts';
import type { Psp } from './port.ts';
import { createStripePsp, type StripePspOptions } from './stripe-psp.ts';

/** The provider of a mode: the one adapter, which stripe-mock may not be asked for money through. */
export function createPsp(options: StripePspOptions): Psp {
  const psp = createStripePsp(options);
  return options.mode === 'stripe-mock' ? contractOnly(psp) : psp;
}
