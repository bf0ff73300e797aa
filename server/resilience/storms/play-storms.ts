import type { PaymentSystem } from '#testing';
import { commitOf, type LevelReport, showSeed, type Violation } from '../kit/report.ts';
import { STORMS } from './index.ts';

/** Plays storms of each kind in turn, those of the seed and the ones after it, and audits the books once after all of them. */
export async function playStorms(
  system: PaymentSystem,
  { seed, first, runs }: { readonly seed: bigint; readonly first: number; readonly runs: number },
): Promise<LevelReport> {
  const started = performance.now();
  const kinds = Object.entries(STORMS);
  const violations: Violation[] = [];
  const sums = { accepted: 0, refused: 0 };
  for (let run = first; run < first + runs; run += 1) {
    const [kind, storm] = kinds[run % kinds.length] as (typeof kinds)[number];
    const of = seed + BigInt(run);
    const { accepted, refused, violations: broken } = await storm(system, of);
    sums.accepted += accepted;
    sums.refused += refused;
    violations.push(...broken.map((detail) => ({ what: `a storm of ${kind}`, detail: `seed ${of}: ${detail}` })));
  }
  violations.push(...(await system.problems()).map((detail) => ({ what: 'the books after storms', detail })));
  return {
    level: 'storms',
    seed: showSeed(seed),
    runs,
    operations: sums.accepted + sums.refused,
    kills: 0,
    faults: {},
    sometimes: sums,
    violations,
    seconds: Math.round((performance.now() - started) / 1_000),
    commit: commitOf(),
  };
}
