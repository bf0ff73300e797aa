import type { Psp } from './port.ts';

const REFUSED = {
  kind: 'refused',
  code: 'stripe_mock_takes_no_payments',
  message:
    'PSP_MODE=stripe-mock only checks the shape of requests: nothing can be paid or refunded. Use the simulator.',
} as const;

/**
 * A provider that money may not be asked of: stripe-mock answers every call with the same made-up success, which would be believed.
 * What moves money is refused here, before anything is sent.
 */
export function contractOnly(psp: Psp): Psp {
  const refuse = async () => REFUSED;
  return { ...psp, charge: refuse, openSession: refuse, refund: refuse };
}
