import { expect, test } from 'vitest';
import { judge } from './health.ts';

type Overview = Parameters<typeof judge>[0];

const asOf = new Date('2026-01-01T12:00:00Z');
const ago = (seconds: number) => new Date(asOf.getTime() - seconds * 1_000);
const quiet: Overview = {
  asOf,
  books: { balanced: true, currencies: [{ currency: 'USD', turnover: '29.99', difference: '0.00' }] },
  unknown: { count: 0, oldestAt: null },
  inbox: { waiting: 0, oldestAt: null },
  provider: [
    { process: 'console', breaker: 'closed', since: new Date('2026-01-01T11:00:00Z') },
    { process: 'worker@host:1', breaker: 'closed', since: new Date('2026-01-01T11:00:00Z') },
  ],
  deadLetters: { count: 0, newestCause: null },
  alerts: { count: 0, oldestAt: null },
};

const levels = (overview: Overview) => judge(overview).map((health) => health.level);

test('a quiet system is good in every tile, and so are empty books', () => {
  expect(levels(quiet)).toEqual(['good', 'good', 'good', 'good', 'good']);
  expect(judge({ ...quiet, books: { balanced: true, currencies: [] } })[0]?.words).toBe('Nothing is booked yet.');
});

test('books that differ are bad and say by how much', () => {
  const [books] = judge({
    ...quiet,
    books: { balanced: false, currencies: [{ currency: 'USD', turnover: '1.00', difference: '-0.01' }] },
  });
  expect(books).toMatchObject({ level: 'bad', figure: 'Not balanced' });
  expect(books?.words).toContain('Δ -0.01 USD');
});

test('what is unknown or waits becomes worse with time', () => {
  const unknownFor = (seconds: number) => levels({ ...quiet, unknown: { count: 1, oldestAt: ago(seconds) } })[1];
  expect([unknownFor(5), unknownFor(601)]).toEqual(['watch', 'bad']);
  const waitingFor = (seconds: number) => levels({ ...quiet, inbox: { waiting: 1, oldestAt: ago(seconds) } })[2];
  expect([waitingFor(2), waitingFor(60), waitingFor(301)]).toEqual(['good', 'watch', 'bad']);
});

test('a dead letter is always for a person', () => {
  expect(levels({ ...quiet, deadLetters: { count: 1, newestCause: 'amount_mismatch' } })[4]).toBe('bad');
});

test('the provider is well as long as a process is answered and none is shut off', () => {
  const seen = (...breakers: ('closed' | 'half-open' | 'open')[]) =>
    judge({
      ...quiet,
      provider: breakers.map((breaker, index) => ({ process: `worker@host:${index}`, breaker, since: ago(130) })),
    })[3];
  expect(seen('closed', 'closed')).toMatchObject({
    level: 'good',
    figure: 'Answering',
    words: 'As seen by the worker.',
  });
  expect(seen('half-open', 'closed')).toMatchObject({ level: 'good', figure: 'Answering' });
  expect(seen('half-open', 'half-open')).toMatchObject({ level: 'watch', figure: 'Being tried' });
  expect(seen('half-open', 'open', 'closed')).toMatchObject({ level: 'bad', figure: 'Not answering' });
  expect(seen('open')?.words).toContain('The worker has stopped calling it for 2 minutes');
});
