import { expect, test } from 'vitest';
import { parseSearchQuery } from './search-query.ts';

test('a search reads metadata, status and currency joined by AND, with escaped quotes', () => {
  expect(parseSearchQuery(`metadata['attempt_id']:'att_1' AND status:"succeeded" and currency:'usd'`)).toEqual([
    { field: 'metadata', key: 'attempt_id', value: 'att_1' },
    { field: 'status', value: 'succeeded' },
    { field: 'currency', value: 'usd' },
  ]);
  expect(parseSearchQuery(String.raw`metadata["a\"b"]:'it\'s'`)).toEqual([
    { field: 'metadata', key: 'a"b', value: "it's" },
  ]);
});

test.each([
  '',
  'amount>100',
  `metadata['a']:'b' OR status:'succeeded'`,
  `metadata['a']:'b' AND`,
  `-metadata['a']:'b'`,
  `metadata['a']~'b'`,
  `metadata['a']:'b'; drop table charges`,
])('a search that is not understood is refused, never guessed: %s', (query) => {
  expect(() => parseSearchQuery(query)).toThrow(/cannot be understood/);
});
