import { ORDER_STATES, ORDER_TRANSITIONS } from '#payments';
import { type Evidence, mentionsOf } from './evidence.ts';
import type { Call } from './history.ts';
import type { Tally } from './nemesis.ts';
import { FAMILIES } from './plan-nemeses.ts';
import { moneyOutSometimes } from './sometimes-money-out.ts';

/** What was seen of the doors' health while the faults lasted. */
export interface Sightings {
  breakerOpened: number;
  breakerClosed: number;
  databaseMissed: number;
  snapshots: number;
}

/** Orders are hardly ever found in these by chance: they last no time, or nothing leads to them yet. */
const PASSING: ReadonlySet<string> = new Set(['AUTO_REFUNDING', 'LATE_SUCCESS']);

/**
 * How often each thing happened that must happen in some run of a set: each nemesis while an order was in each state, each legal
 * transition, each way out of trouble. What stays at 0 was not tested.
 */
export function countSometimes(evidence: Evidence, tally: Tally, seen: Sightings): Record<string, number> {
  const { books } = evidence;
  const counts: Record<string, number> = {
    ...struck(tally),
    ...transitions(evidence),
    ...callers(evidence),
    ...moneyOutSometimes(evidence, tally),
  };
  const resolved = (actor: string) =>
    books.transitions.filter((one) => one.from_state === 'UNKNOWN' && one.actor === actor).length;
  counts['UNKNOWN resolved by asking'] = resolved('resolver');
  counts['UNKNOWN resolved by webhook'] = resolved('webhook');
  counts['dead letter written'] = books.deadLetters.length;
  counts['breaker opened'] = seen.breakerOpened;
  counts['breaker closed again'] = seen.breakerClosed;
  counts['door told that the database is away'] = seen.databaseMissed;
  counts['books audited in mid-fault'] = seen.snapshots;
  return counts;
}

function struck({ struckWhile }: Tally): Record<string, number> {
  const cells = FAMILIES.flatMap(({ name }) =>
    ORDER_STATES.filter((state) => !PASSING.has(state)).map((state) => `${name} × ${state}`),
  );
  return Object.fromEntries(cells.map((cell) => [cell, struckWhile[cell] ?? 0]));
}

function transitions({ books }: Evidence): Record<string, number> {
  const made = Map.groupBy(books.transitions, ({ from_state: from, to_state: to }) => `${from} → ${to}`);
  const legal = ORDER_STATES.flatMap((from) => ORDER_TRANSITIONS[from].map((to) => `${from} → ${to}`));
  return Object.fromEntries(legal.map((edge) => [edge, made.get(edge)?.length ?? 0]));
}

function callers({ calls, books }: Evidence): Record<string, number> {
  const count = (test: (call: Call) => boolean) => calls.filter(test).length;
  const kept = new Set(books.orders.map((order) => order.checkout_id));
  const verdicts = Map.groupBy(mentionsOf(calls), (mention) => mention.checkoutId);
  const unknown = [...verdicts]
    .filter(([, mentions]) => mentions.every(({ verdict }) => verdict === 'info'))
    .map(([id]) => id);
  return {
    'answered 503': count((call) => call.status === 503),
    'connection lost': count((call) => call.status === null && call.reason !== 'timed out'),
    'caller gave up waiting': count((call) => call.reason === 'timed out'),
    'replayed by key': count((call) => call.replayed && call.key !== null),
    'replayed by id': count((call) => call.replayed && call.key === null),
    'first request still in flight': count((call) => call.reason === 'idempotency_in_flight'),
    'id reused and refused': count((call) => call.reason === 'idempotency_mismatch'),
    'key reused and refused': count((call) => call.reason === 'idempotency_key_reused'),
    'unknown to its caller for ever, and accepted': unknown.filter((id) => kept.has(id)).length,
    'unknown to its caller for ever, and not accepted': unknown.filter((id) => !kept.has(id)).length,
    'unknown, then accepted once': [...verdicts.values()].filter(
      (mentions) =>
        mentions.some(({ verdict }) => verdict === 'info') && mentions.some(({ verdict }) => verdict === 'ok'),
    ).length,
  };
}
