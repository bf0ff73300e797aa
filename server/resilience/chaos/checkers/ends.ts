import type { Evidence } from '../evidence.ts';
import { LATE_MONEY, REFUSED_BY_SILENCE } from '../expectations.ts';
import { bankSays, wrongWordIn } from '../plan-values.ts';

/**
 * Only the provider's definite word ends a payment. Where the plan does not have the provider lie, money that came too late means
 * that we had called something failed without knowing; and a card that the bank takes is never declined, save
 * by silence that a person was told about.
 */
export function endsAreTrue({ plan, calls, books }: Evidence): string[] {
  const lied = liedAbout(plan);
  const late = books.transitions.filter(({ order_id: id, to_state: to }) => LATE_MONEY.has(to) && !lied.has(id));
  const told = new Set(
    books.deadLetters.filter(({ cause }) => REFUSED_BY_SILENCE.has(cause)).map(({ attempt_id }) => attempt_id),
  );
  const silent = new Set(
    books.attempts.filter((attempt) => told.has(attempt.id)).flatMap((attempt) => attempt.order_ids),
  );
  const again = retried(calls);
  const decided = new Map([...banks(plan)].filter(([id]) => !again.has(id)));
  return [
    ...late.map(({ order_id: id, from_state: from }) => `${id} was ${from} although its money came`),
    ...books.orders.flatMap(({ id, state }) => {
      const bank = decided.get(id);
      if (bank === 'yes' && state === 'FAILED' && !silent.has(id))
        return [`${id} is FAILED although the bank takes its card`];
      if (bank === 'no' && state === 'SUCCESS') return [`${id} is SUCCESS although the bank declines its card`];
      return [];
    }),
  ];
}

/** What the bank says to each order that is paid by token. */
function banks({ operations }: Evidence['plan']): Map<string, ReturnType<typeof bankSays>> {
  const bodies = operations.flatMap(({ deed }) =>
    deed.kind === 'pay' ? [deed.body] : deed.kind === 'bulk' ? deed.bodies : [],
  );
  return new Map(
    bodies.flatMap(({ credit_card_info: { token }, payment_orders: orders }) =>
      orders.map((order) => [order.payment_order_id, bankSays(token)] as const),
    ),
  );
}

/** Orders whose page the provider calls over before it takes their money. */
function liedAbout({ operations }: Evidence['plan']): Set<string> {
  return new Set(
    operations.flatMap(({ deed }) =>
      deed.kind === 'hosted' && wrongWordIn(deed.story)
        ? deed.body.payment_orders.map((order) => order.payment_order_id)
        : [],
    ),
  );
}

/** Orders that somebody tried to pay with another card. */
function retried(calls: Evidence['calls']): Set<string> {
  return new Set(
    calls.flatMap(({ name, path }) => (name === 'POST /payments/{id}/retry' ? [path.split('/')[2] ?? ''] : [])),
  );
}
