import { expect, test } from 'vitest';
import { spreadOver } from './letter-words.ts';

test('the time a redrive takes is told in round words, never too short', () => {
  expect([spreadOver(1, 5), spreadOver(6, 5), spreadOver(120, 1), spreadOver(500, 1)]).toEqual([
    'at once',
    'over 2 seconds',
    'over 2 minutes',
    'over 9 minutes',
  ]);
});
