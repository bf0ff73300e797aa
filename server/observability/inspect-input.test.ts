import { expect, test } from 'vitest';
import { inspectInput } from './inspect-input.ts';

const CARD = '4242424242424242';
const refusal = (code: string, pointer: string) =>
  expect.objectContaining({ code, details: { errors: [expect.objectContaining({ code, pointer })] } });

test.each([
  ['a text', { a: 'nul \0 byte' }, '/a'],
  ['half a surrogate pair', { a: [{ b: '\ud83e' }] }, '/a/0/b'],
  ['the name of a field', { a: { '\0': 1 } }, '/a'],
  ['a bare text', '\udd89', ''],
])('%s that no database can store is refused, with its place', (_, input, pointer) => {
  for (const advice of [null, 'No cards.'])
    expect(() => inspectInput(input, advice)).toThrow(refusal('validation_failed', pointer));
});

test.each([
  ['in a text', { a: [`note ${CARD}`] }, '/a/0'],
  ['as a number', { a: Number(CARD) }, '/a'],
  ['as the name of a field', { a: { [CARD]: 1 } }, '/a'],
])('a card number %s is refused where input is kept', (_, input, pointer) => {
  expect(() => inspectInput(input, 'No cards.')).toThrow(refusal('card_data_refused', pointer));
  expect(() => inspectInput(input, null)).not.toThrow();
});

test('nothing nests deeper than sixteen, and what holds itself, or one thing a thousand times over, is looked at once', () => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
  expect(() => inspectInput(nested(16), null)).not.toThrow();
  expect(() => inspectInput(nested(17), null)).toThrow(expect.objectContaining({ code: 'validation_failed' }));
  const round: Record<string, unknown> = { a: 1 };
  round.self = round;
  expect(() => inspectInput(round, null)).not.toThrow();
  let wide: unknown = 'x';
  for (let depth = 0; depth < 15; depth += 1) wide = Array.from({ length: 100 }, () => wide);
  expect(() => inspectInput(wide, null)).not.toThrow();
});

test('plain input of every kind passes', () => {
  for (const input of [undefined, null, 'Zoë 🦉', 0, true, [], {}, { a: [{ b: null, c: ['x', 1.5] }] }])
    expect(() => inspectInput(input, 'No cards.')).not.toThrow();
});
