import { expect, test } from 'vitest';
import { hasCardNumber } from '#observability';
import { hashPlan, planRun } from './plan.ts';
import { BANKS, DISPUTE_STORIES } from './plan-money-out.ts';
import { FAMILIES } from './plan-nemeses.ts';
import { LATE_CARDS, WRONG_WORDS, wrongWordIn } from './plan-values.ts';

const plan = (seed: number, change: Partial<Parameters<typeof planRun>[0]> = {}) =>
  planRun({ seed: BigInt(seed), operations: 450, without: [], brief: false, ...change });
const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);

test('the same seed gives the same plan, another seed another', () => {
  expect(hashPlan(plan(7))).toBe(hashPlan(plan(7)));
  expect(new Set(SEEDS.map((seed) => hashPlan(plan(seed)))).size).toBe(SEEDS.length);
});

test('a nemesis that is left out moves nothing else: what is left of the plan is what it was', () => {
  for (const seed of SEEDS.slice(0, 10)) {
    const whole = plan(seed);
    const dropped = whole.nemeses[0]?.family ?? '';
    const rest = plan(seed, { without: [dropped] });
    expect(rest.operations).toEqual(whole.operations);
    expect(rest.nemeses).toEqual(whole.nemeses.filter(({ family }) => family !== dropped));
    expect(rest.nemeses.length).toBeLessThan(whole.nemeses.length);
  }
});

test('fewer operations are the first ones of more', () => {
  expect(plan(3, { operations: 100 }).operations).toEqual(plan(3).operations.slice(0, 100));
});

test('over a set of seeds every kind of nemesis strikes, none before the system is warm, and no run has all of them', () => {
  const plans = SEEDS.map((seed) => plan(seed));
  const struck = new Set(plans.flatMap(({ nemeses }) => nemeses.map(({ family }) => family)));
  expect([...struck].sort()).toEqual(FAMILIES.map(({ name }) => name).sort());
  for (const { nemeses, warmOperations } of plans) {
    expect(nemeses.length).toBeGreaterThan(0);
    expect(nemeses.every(({ at }) => at >= warmOperations && at < 450)).toBe(true);
    expect(new Set(nemeses.map(({ family }) => family)).size).toBeLessThan(FAMILIES.length);
  }
});

test('over a set of seeds every deed, currency and edge of the amounts is asked for', () => {
  const text = JSON.stringify(SEEDS.map((seed) => plan(seed).operations));
  const kinds = ['pay', 'again', 'other_body', 'key_reused', 'bulk', 'hosted', 'retry', 'invalid', 'read'];
  for (const kind of [...kinds, 'refund', 'dispute', 'bank', 'payout', 'advance'])
    expect(text).toContain(`"kind":"${kind}"`);
  for (const currency of ['USD', 'JPY', 'KWD']) expect(text).toContain(`"currency":"${currency}"`);
  for (const amount of ['"0.01"', '"999999.99"', '"99999999"', '"0.001"', '"99999.999"'])
    expect(text).toContain(`"amount":${amount}`);
  for (const token of [
    'tok_answer_lost',
    'tok_charged_then_server_error',
    'tok_rate_limited_once',
    'tok_reset_once',
    'tok_forgotten',
  ])
    expect(text).toContain(`"${token}"`);
});

test('over a set of seeds the provider lies about pages in every way, and refunds of that money go every way they can', () => {
  const hosted = SEEDS.flatMap((seed) =>
    plan(seed).operations.flatMap(({ deed }) => (deed.kind === 'hosted' ? [deed] : [])),
  );
  const lies = hosted.filter(({ story }) => wrongWordIn(story));
  expect(new Set(lies.map(({ story }) => story))).toEqual(new Set(Object.keys(WRONG_WORDS)));
  expect(new Set(lies.map(({ card }) => card))).toEqual(new Set(LATE_CARDS.map(([, card]) => card)));
});

test('over a set of seeds money goes out in every way: in parts and whole, twice at once, by every dispute, to every bank', () => {
  const deeds = SEEDS.flatMap((seed) => plan(seed).operations.map(({ deed }) => deed));
  const refunds = deeds.filter((deed) => deed.kind === 'refund');
  expect(refunds.some(({ twice, percent }) => twice && percent === 60)).toBe(true);
  expect(refunds.some(({ order, percent }) => order === null && percent === null)).toBe(true);
  expect(refunds.some(({ percent }) => percent === 100)).toBe(true);
  const disputes = deeds.filter((deed) => deed.kind === 'dispute');
  expect(new Set(disputes.map(({ story }) => story))).toEqual(new Set(Object.keys(DISPUTE_STORIES)));
  const banks = deeds.filter((deed) => deed.kind === 'bank');
  expect(new Set(banks.map(({ token }) => token))).toEqual(new Set(BANKS.map(([, token]) => token)));
  const payouts = deeds.filter((deed) => deed.kind === 'payout');
  expect(new Set(payouts.map(({ approver, cancels }) => `${approver} ${cancels}`)).size).toBe(4);
});

test('days pass a few times in a run, first when there is something to settle', () => {
  for (const seed of SEEDS) {
    const places = [...plan(seed).operations.entries()].flatMap(([at, { deed }]) =>
      deed.kind === 'advance' ? [at] : [],
    );
    expect(places).toEqual([60, 140, 220, 300, 380]);
  }
});

test('ids and amounts of a plan are never taken for card numbers, but for the one that is sent to be refused', () => {
  for (const seed of SEEDS)
    for (const { deed } of plan(seed).operations)
      if (deed.kind !== 'invalid' && deed.kind !== 'hosted') expect(hasCardNumber(JSON.stringify(deed))).toBe(false);
});

test('a brief plan has nothing that takes half a minute to come to its end', () => {
  expect(JSON.stringify(plan(1, { brief: true }))).not.toMatch(/tok_forgotten|ProcessingError/);
});
