import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_AMOUNT_MINOR } from '#kernel';
import { commissionReturned } from './commission.ts';

const RUNS = 100_000;

/** An order with any commission from nothing to all of it, and points at which it is cut into refunds. */
const cutOrder = fc
  .bigInt({ min: 1n, max: MAX_AMOUNT_MINOR })
  .chain((amountMinor) =>
    fc.tuple(
      fc.constant(amountMinor),
      fc.bigInt({ min: 0n, max: amountMinor }),
      fc.array(fc.bigInt({ min: 0n, max: amountMinor }), { maxLength: 6 }),
    ),
  );

function partsOf(amountMinor: bigint, cuts: readonly bigint[]): bigint[] {
  const ends = [...cuts, amountMinor].toSorted((a, b) => (a < b ? -1 : 1));
  return ends.map((end, index) => end - (ends[index - 1] ?? 0n)).filter((part) => part > 0n);
}

test('however an order is refunded in parts, the commission given back ends exactly at its line', () => {
  fc.assert(
    fc.property(cutOrder, ([amountMinor, commissionMinor, cuts]) => {
      let refundedMinor = 0n;
      let commissionReturnedMinor = 0n;
      for (const part of partsOf(amountMinor, cuts)) {
        const back = commissionReturned(
          { amountMinor, commissionMinor },
          { refundedMinor, commissionReturnedMinor },
          part,
        );
        if (back < 0n || back > part) throw new Error(`${back} of a refund of ${part}`);
        refundedMinor += part;
        commissionReturnedMinor += back;
        if (commissionReturnedMinor !== (commissionMinor * refundedMinor) / amountMinor)
          throw new Error(`${commissionReturnedMinor} given back with ${refundedMinor}`);
      }
      if (commissionReturnedMinor !== commissionMinor)
        throw new Error(`${commissionReturnedMinor} of ${commissionMinor} given back in the end`);
    }),
    { numRuns: RUNS },
  );
});

test('refunds that fail in between leave nothing behind: whoever is refunded in full has all of the commission back', () => {
  fc.assert(
    fc.property(cutOrder, fc.array(fc.boolean()), ([amountMinor, commissionMinor, cuts], fails) => {
      const line = { amountMinor, commissionMinor };
      const made: { part: bigint; back: bigint }[] = [];
      const before = () => ({
        refundedMinor: made.reduce((sum, { part }) => sum + part, 0n),
        commissionReturnedMinor: made.reduce((sum, { back }) => sum + back, 0n),
      });
      const refund = (part: bigint) => {
        const back = commissionReturned(line, before(), part);
        if (back < 0n || back > part) throw new Error(`${back} of a refund of ${part}`);
        made.push({ part, back });
        if (before().commissionReturnedMinor > commissionMinor) throw new Error('more given back than there was');
      };
      for (const part of partsOf(amountMinor, cuts)) refund(part);
      const kept = made.filter((_, index) => !fails[index]);
      const failed = made.length - kept.length;
      made.splice(0, made.length, ...kept);
      const rest = amountMinor - before().refundedMinor;
      // Each failure is out of step by less than a unit, so a rest of as many units can make up for all of them.
      if (rest < BigInt(failed) || rest === 0n) return;
      refund(rest);
      if (before().commissionReturnedMinor !== commissionMinor) throw new Error('not all of it was given back');
    }),
  );
});

test.each([
  [{ amountMinor: 1_000n, commissionMinor: 25n }, [500n, 500n], [12n, 13n]],
  [{ amountMinor: 3n, commissionMinor: 1n }, [1n, 1n, 1n], [0n, 0n, 1n]],
  [{ amountMinor: 100n, commissionMinor: 100n }, [1n, 99n], [1n, 99n]],
  [{ amountMinor: 100n, commissionMinor: 0n }, [40n, 60n], [0n, 0n]],
] as const)('of %o, refunds of %o give back %o', (line, refunds, expected) => {
  let before = { refundedMinor: 0n, commissionReturnedMinor: 0n };
  const returned = refunds.map((refundMinor) => {
    const back = commissionReturned(line, before, refundMinor);
    before = {
      refundedMinor: before.refundedMinor + refundMinor,
      commissionReturnedMinor: before.commissionReturnedMinor + back,
    };
    return back;
  });
  expect(returned).toEqual(expected);
});
