import { expect, test } from 'vitest';
import { readEvent } from '#psp';
import { WORDS } from './wrong-word.ts';

const PAGE = { session: 'cs_test_1', intent: 'pi_1', attempt_id: 'att_1' };

test.each([
  ['expired', 'expired'],
  ['cancelled', 'cancelled'],
  ['failed', 'declined'],
] as const)('the word that a page has %s is read as that, about its attempt', (word, kind) => {
  expect(readEvent(JSON.parse(WORDS[word](PAGE)))).toMatchObject({ attemptId: 'att_1', news: { kind } });
});
