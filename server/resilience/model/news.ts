import fc from 'fast-check';
import type { CurrencyCode } from '#kernel';
import type { Enquiry, Outcome } from '#psp';

/** What may be told about an attempt; a success needs the attempt to be told whole or wrong. */
export type NewsOf = (asked: { readonly amountMinor: bigint; readonly currency: CurrencyCode }) => Enquiry;

type Success = Extract<Outcome, { kind: 'succeeded' }>;

const succeeded = (change: (asked: Pick<Success, 'amountMinor' | 'currency'>) => Partial<Success>): NewsOf => {
  return ({ amountMinor, currency }) => ({
    kind: 'succeeded',
    pspPaymentId: 'pi_1',
    chargeId: 'ch_1',
    amountMinor,
    currency,
    cardLast4: '4242',
    ...change({ amountMinor, currency }),
  });
};

const plain = (outcome: Enquiry): NewsOf => {
  return () => outcome;
};

/** Every kind of outcome; success and silence more often than the rest, because money hangs on them. */
export const anyNews: fc.Arbitrary<NewsOf> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(succeeded(() => ({}))) },
  fc.constantFrom(
    succeeded(({ amountMinor }) => ({ amountMinor: amountMinor + 1n })),
    succeeded(({ amountMinor }) => ({ amountMinor: amountMinor - 1n })),
    succeeded(({ currency }) => ({ currency: currency === 'USD' ? 'JPY' : 'USD' })),
  ),
  fc
    .record({ pspSessionId: fc.option(fc.constant('cs_1')), pageUrl: fc.option(fc.constant('https://psp.test/pay')) })
    .map((page) => plain({ kind: 'action_required', pspPaymentId: null, ...page })),
  fc.constant(plain({ kind: 'pending', pspPaymentId: 'pi_1' })),
  fc
    .boolean()
    .map((tryAgain) =>
      plain({ kind: 'declined', code: 'do_not_honor', message: 'no', pspPaymentId: 'pi_1', tryAgain }),
    ),
  fc.constant(plain({ kind: 'decline_noted', code: 'lost_card', pspPaymentId: 'pi_1' })),
  fc.constantFrom(plain({ kind: 'expired' }), plain({ kind: 'cancelled' })),
  fc.constant(plain({ kind: 'refused', code: 'parameter_invalid', message: 'no' })),
  fc
    .record({ retryAfterSeconds: fc.option(fc.integer({ min: 1, max: 100 })), countsAsTry: fc.boolean() })
    .map((how) => plain({ kind: 'not_started', reason: 'rate_limited', ...how })),
  { weight: 2, arbitrary: fc.constant(plain({ kind: 'unknown', reason: 'ETIMEDOUT' })) },
  { weight: 2, arbitrary: fc.constant(plain({ kind: 'absent' })) },
);
