import { expect, test } from 'vitest';
import { commandFor, readOptions } from './options.ts';

test('what is not said has its default, and a run can be asked for again by its command', () => {
  const options = readOptions(['--seed', '7', '--without', 'pause,toxic_down', '--brief']);
  expect(options).toMatchObject({
    seed: 7n,
    runs: 1,
    operations: 450,
    without: ['pause', 'toxic_down'],
    kills: 0,
    outage: 0,
  });
  const [, args = ''] = commandFor(7n, options).split(' -- ');
  expect(readOptions(args.split(' '))).toEqual(options);
});

test.each(['--kills', '--outage'])('%s takes the web process as its second door too', (campaign) => {
  expect(readOptions([campaign, '30', '--web', '--seed', '9'])).toMatchObject({ web: true, seed: 9n });
  expect(readOptions([campaign, '30'])).toMatchObject({ web: false });
});

test.each([
  [['--runs', '0']],
  [['--operations', '0']],
  [['--runs', '1.5']],
  [['--kills', '-1']],
  [['--seed', 'seven']],
  [['--without', 'gremlins']],
  [['--unknown']],
])('%j would prove nothing and is refused', (args) => {
  expect(() => readOptions(args)).toThrow();
});
