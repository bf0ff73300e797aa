import { expect, test } from 'vitest';
import { StreamPlaces } from './stream-places.ts';

test('there are no more places than said, in all and for one key, however many ask at once', () => {
  const places = new StreamPlaces({ total: 5, perKey: 2 });
  const ofOne = Array.from({ length: 10 }, () => places.take('one'));
  expect(ofOne.filter(Boolean)).toHaveLength(2);
  const ofOthers = Array.from({ length: 10 }, (_, other) => places.take(`other ${other}`));
  expect(ofOthers.filter(Boolean)).toHaveLength(3);
});

test('a place that is given back is there again, once', () => {
  const places = new StreamPlaces({ total: 2, perKey: 1 });
  const giveBack = places.take('one');
  places.take('two');
  expect(places.take('three')).toBeNull();
  giveBack?.();
  giveBack?.();
  expect(places.take('one')).not.toBeNull();
  expect(places.take('three')).toBeNull();
});
