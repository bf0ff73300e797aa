import { expect, test } from 'vitest';
import { AppError } from '#kernel';
import { judgeStorm, type Wish } from './storm.ts';

const refusal = 'payout_exceeds_available';
const refused = (amountMinor: bigint): Wish => ({ amountMinor, error: new AppError(refusal, 'too much') });
const accepted = (amountMinor: bigint): Wish => ({ amountMinor, error: null });
const judge = (wishes: Wish[], told = {}) => judgeStorm(wishes, { limitMinor: 100n, refusal, told }).violations;

test('a storm that takes what fits holds', () => {
  expect(judge([accepted(60n), accepted(35n), refused(6n)], { counted: 95n })).toEqual([]);
});

test.each([
  ['more than was there', [accepted(60n), accepted(41n)], {}, '101 of 100 were accepted'],
  ['a refusal of what would have fitted', [accepted(60n), refused(40n)], {}, '40 was refused although 40 were left'],
  ['another count', [accepted(60n)], { counted: 61n }, 'accepted 60, counted 61'],
  ['another reason', [{ amountMinor: 200n, error: new Error('gone') }], {}, 'refused for another reason: Error: gone'],
] as [string, Wish[], Record<string, bigint>, string][])('%s is told', (_name, wishes, told, sentence) => {
  expect(judge(wishes, told)).toEqual([sentence]);
});
