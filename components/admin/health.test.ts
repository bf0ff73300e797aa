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
  deadLetters: { count: 0, newestCause: null },
};

const levels = (overview: Overview) => judge(overview).map((health) => health.level);

test('a quiet system is good in every tile, and so are empty books', () => {
  expect(levels(quiet)).toEqual(['good', 'good', 'good', 'good']);
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
  expect(levels({ ...quiet, deadLetters: { count: 1, newestCause: 'amount_mismatch' } })[3]).toBe('bad');
});
