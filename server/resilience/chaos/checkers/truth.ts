import { ORDER_TRANSITIONS, type OrderState } from '#payments';
import type { AttemptRow } from '../books.ts';
import { type Evidence, type Sighting, sightingsOf } from '../evidence.ts';

/**
 * Charge by charge and refund by refund: what the provider took and gave back is what our books say; no order is charged twice, none
 * that we do not know.
 */
export function journalAgrees({ books, journal, refundJournal, providerAudit }: Evidence): string[] {
  const lineOf = ({ id, amount, currency }: Pick<AttemptRow, 'id' | 'amount' | 'currency'>) =>
    `${id} ${amount} ${currency.toLowerCase()}`;
  const told = toldAndOpen(books);
  const ours = books.attempts.filter((attempt) => attempt.state === 'SUCCEEDED').map(lineOf);
  const theirs = journal
    .filter(({ attempt_id }) => !told.has(attempt_id))
    .map((charge) => `${charge.attempt_id} ${charge.amount} ${charge.currency}`);
  const back = books.refunds.filter((refund) => refund.state === 'SUCCEEDED').map(lineOf);
  const given = refundJournal.filter((refund) => refund.status === 'succeeded');
  const theirsBack = given
    .filter(({ refund_id }) => !told.has(refund_id ?? ''))
    .map((refund) => `${refund.refund_id} ${refund.amount} ${refund.currency}`);
  // What came too late went back whole; a paid order stays charged, whatever is given back of it.
  const late = new Set(books.refunds.filter((refund) => refund.order_id === null).map((refund) => refund.id));
  const undone = new Set(given.filter(({ refund_id: id }) => late.has(id ?? '')).map((refund) => refund.attempt_id));
  const timesBack = Map.groupBy(refundJournal, (refund) => refund.refund_id ?? refund.id);
  const known = new Set(books.orders.map((order) => order.id));
  const timesCharged = new Map<string, number>();
  const kept = journal.filter((charge) => !undone.has(charge.attempt_id));
  for (const id of kept.flatMap((charge) => charge.order_ids)) timesCharged.set(id, (timesCharged.get(id) ?? 0) + 1);
  return [
    ...without(theirs, ours).map((line) => `taken by the provider, not in our books: ${line}`),
    ...without(ours, theirs).map((line) => `in our books, not taken by the provider: ${line}`),
    ...without(theirsBack, back).map((line) => `given back by the provider, not in our books: ${line}`),
    ...without(back, theirsBack).map((line) => `in our books, not given back by the provider: ${line}`),
    ...[...timesBack].flatMap(([id, { length }]) => (length > 1 ? [`${id} was given back ${length} times`] : [])),
    ...[...timesCharged].flatMap(([id, times]) => (times > 1 ? [`${id} was charged ${times} times`] : [])),
    ...[...timesCharged.keys()].flatMap((id) => (known.has(id) ? [] : [`${id} was charged, and we do not know it`])),
    ...(providerAudit.balanced
      ? []
      : [`the provider's own books are broken: ${JSON.stringify(providerAudit.problems)}`]),
  ];
}

/** Attempts and refunds whose end we do not claim to know: they are open, and a person was told. */
function toldAndOpen({ attempts, deadLetters, refunds, refundLetters }: Evidence['books']): Set<string> {
  const open = new Set(attempts.filter(({ state }) => state === 'UNKNOWN').map(({ id }) => id));
  for (const { id, state } of refunds) if (state === 'SUBMITTED' || state === 'UNKNOWN') open.add(id);
  const letters = deadLetters.filter((letter) => letter.open).map((letter) => letter.attempt_id);
  return new Set([...letters, ...refundLetters.map((letter) => letter.refund_id)].filter((id) => open.has(id)));
}

/** What is left of `lines` when each of `others` takes one away. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

/** The trial balance of each answer is zero: every answer is one snapshot. */
export function balanceIsZero({ calls }: Evidence): string[] {
  return calls.flatMap(({ name, verdict, answer, process }) => {
    if (name !== 'GET /ledger/balance' || verdict !== 'ok') return [];
    const bad = answer.currencies.filter((one: { difference_minor: string }) => one.difference_minor !== '0');
    return answer.balanced && bad.length === 0
      ? []
      : [`${process} was shown books that differ: ${JSON.stringify(answer)}`];
  });
}

/** What a caller is shown after another answer was complete is where that state leads to, or that state itself. */
export function statesNeverRegress({ calls, books }: Evidence): string[] {
  const byOrder = Map.groupBy(sightingsOf(calls), (sighting) => sighting.orderId);
  const final = new Map(books.orders.map((order) => [order.id, order.state]));
  return [...byOrder].flatMap(([id, sightings]) => {
    const steps = sightings.flatMap((later) =>
      sightings
        .filter((earlier) => earlier.call.endedAt < later.call.begunAt)
        .map((earlier) => [earlier, later.state] as const),
    );
    const last = sightings.map((sighting) => [sighting, final.get(id) ?? sighting.state] as const);
    const wrong = [...steps, ...last].filter(([earlier, state]) => !leadsTo(earlier, state));
    return [...new Set(wrong.map(([earlier, state]) => `${id} was ${earlier.state} and then ${state}`))];
  });
}

const REACHABLE = new Map<string, Set<string>>(
  (Object.keys(ORDER_TRANSITIONS) as OrderState[]).map((state) => [state, reachableFrom(state)]),
);

function leadsTo({ state }: Sighting, later: string): boolean {
  return REACHABLE.get(state)?.has(later) ?? false;
}

function reachableFrom(state: OrderState): Set<string> {
  const found = new Set<OrderState>([state]);
  for (const from of found) for (const to of ORDER_TRANSITIONS[from]) found.add(to);
  return found;
}

/** States that the outbox tells each time they are reached; others may be passed through on the way to one. */
const TOLD: ReadonlySet<string> = new Set<OrderState>([
  'SUCCESS',
  'FAILED',
  'EXPIRED',
  'CANCELLED',
  'LATE_SUCCESS',
  'MANUAL_REVIEW',
]);

/** The events of an order are its history, in order, with no end of it missing, doubled or invented. */
export function outboxComplete({ books }: Evidence): string[] {
  const events = Map.groupBy(books.outbox, (event) => event.order_id);
  const history = Map.groupBy(books.transitions, (transition) => transition.order_id);
  const wrong: string[] = [];
  for (const id of new Set([...events.keys(), ...history.keys()])) {
    const told = (events.get(id) ?? []).map((event) => event.state);
    const reached = (history.get(id) ?? []).map((transition) => transition.to_state);
    const ends = (states: string[]) => states.filter((state) => TOLD.has(state)).join(' ');
    if (!isSubsequence(told, reached) || ends(told) !== ends(reached))
      wrong.push(`${id} went through ${reached.join(' ')}, and the outbox tells ${told.join(' ') || 'nothing'}`);
  }
  return wrong;
}

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let found = 0;
  for (const one of whole) if (one === part[found]) found += 1;
  return found === part.length;
}
