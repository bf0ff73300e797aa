import { parseAmount } from '#kernel';
import type { Books } from '../books.ts';
import { type Evidence, type Mention, mentionsOf, sightingsOf } from '../evidence.ts';
import { AFTER_SUCCESS } from '../expectations.ts';
import { type Call, mutates } from '../history.ts';
import type { DeedKind } from '../plan-operations.ts';

/** Whatever a caller was told is accepted is in the books as asked for; whatever was shown as SUCCESS stays so, with its capture. */
export function acknowledgedSurvives({
  calls,
  books,
}: Pick<Evidence, 'calls'> & { readonly books: Pick<Books, 'orders' | 'captures'> }): string[] {
  const orders = new Map(books.orders.map((order) => [order.id, order]));
  const captured = new Set(books.captures.map((capture) => capture.order_id));
  const lost: string[] = [];
  for (const { verdict, checkoutId, orders: asked, call } of mentionsOf(calls)) {
    if (verdict !== 'ok') continue;
    for (const { payment_order_id: id, amount, currency } of asked) {
      const kept = orders.get(id);
      if (!kept) lost.push(`${call.process} was told that ${id} is accepted, and it is not there`);
      else if (kept.checkout_id !== checkoutId || kept.currency !== currency || kept.amount !== minor(amount, currency))
        lost.push(
          `${id} was accepted as ${amount} ${currency} of ${checkoutId} and is kept as ${kept.amount} ${kept.currency} of ${kept.checkout_id}`,
        );
    }
  }
  for (const { orderId, state, call } of sightingsOf(calls)) {
    const kept = orders.get(orderId);
    if (!kept) lost.push(`${call.process} saw ${orderId} as ${state}, and it is not there`);
    else if (state === 'SUCCESS' && !(AFTER_SUCCESS.has(kept.state) && captured.has(orderId)))
      lost.push(
        `${call.process} saw ${orderId} as SUCCESS; it is ${kept.state}, ${captured.has(orderId) ? '' : 'not '}captured`,
      );
  }
  return [...new Set([...lost, ...vanished(calls)])];
}

/** Whoever looks for a payment after somebody was told that it is accepted finds it. */
function vanished(calls: readonly Call[]): string[] {
  const known = new Map<string, number>();
  for (const { verdict, checkoutId, call } of mentionsOf(calls))
    if (verdict === 'ok')
      known.set(checkoutId, Math.min(call.endedAt, known.get(checkoutId) ?? Number.POSITIVE_INFINITY));
  return calls.flatMap((call) => {
    if (call.name !== 'GET /payments/{id}' || call.status !== 404) return [];
    const since = known.get(call.path.split('/').at(-1) ?? '');
    return since !== undefined && since < call.begunAt
      ? [`${call.process} found no payment at ${call.path} after it was accepted`]
      : [];
  });
}

/** A repeated request shows the same payment; under an idempotency key the whole answer is the same, byte for byte. */
export function sameRequestSameAnswer({ calls }: Evidence): string[] {
  const payments = new Map<string, string>();
  const texts = new Map<string, Call>();
  const found: string[] = [];
  for (const call of calls) {
    if (call.verdict !== 'ok' || !mutates(call)) continue;
    if (call.name === 'POST /payments') {
      const { checkout_id: id, created_at: createdAt, payment_orders: orders } = call.answer;
      const shown = JSON.stringify([
        createdAt,
        orders.map((one: Record<string, string>) => [one.payment_order_id, one.amount, one.currency]),
      ]);
      if ((payments.get(id) ?? shown) !== shown)
        found.push(`${id} was answered as ${payments.get(id)} and as ${shown}`);
      payments.set(id, shown);
    }
    if (call.key === null) continue;
    const request = `${call.path} ${call.key} ${JSON.stringify(call.body)}`;
    const first = texts.get(request);
    if (first && first.text !== call.text)
      found.push(`key ${call.key} was answered with ${first.text} and with ${call.text}`);
    texts.set(request, first ?? call);
  }
  return found;
}

/** Orders that are in refused requests only are neither in our books nor in the provider's journal. */
export function refusedLeavesNothing({ calls, books, journal }: Evidence): string[] {
  const refused = new Set<string>();
  const asked = new Set<string>();
  for (const { verdict, orders } of mentionsOf(calls))
    for (const { payment_order_id: id } of orders) (verdict === 'fail' ? refused : asked).add(id);
  const ours = new Set(books.orders.map((order) => order.id));
  const charged = new Set(journal.flatMap((charge) => charge.order_ids));
  return [...refused]
    .filter((id) => !asked.has(id))
    .flatMap((id) => [
      ...(ours.has(id) ? [`${id} was refused and is in the books`] : []),
      ...(charged.has(id) ? [`${id} was refused and was charged`] : []),
    ]);
}

/** Definite refusals that a deed may meet; a deed of the second list must never be accepted. */
const REFUSALS: Readonly<Record<DeedKind, readonly string[]>> = {
  pay: [],
  again: [],
  bulk: [],
  // Days passed at the provider while the page did not open: it has expired.
  hosted: ['checkout_not_payable'],
  other_body: ['idempotency_mismatch'],
  key_reused: ['idempotency_key_reused'],
  retry: ['checkout_not_payable'],
  invalid: [],
  read: ['not_found'],
  refund: ['refund_not_allowed', 'refund_exceeds_captured'],
  dispute: ['dispute_not_answerable'],
  bank: ['bank_account_refused'],
  payout: [
    // Nobody has paid this seller yet.
    'not_found',
    'seller_not_payable',
    'payout_exceeds_available',
    'payout_below_minimum',
    'payout_state_conflict',
    'second_person_needed',
  ],
  advance: [],
};
const NEVER_ACCEPTED: ReadonlySet<DeedKind> = new Set(['other_body', 'key_reused', 'invalid']);

/** Good requests are never refused, bad ones never accepted, and nobody is answered with a defect of ours. */
export function verdictsAsAgreed({ calls, plan }: Evidence): string[] {
  const inner = mentionsOf(calls).filter(({ call }) => call.body.payments && call.verdict === 'ok');
  return [
    ...calls.flatMap((call) => disagreement(call, plan)),
    ...inner.flatMap(({ verdict, code, checkoutId }: Mention) =>
      verdict === 'fail' || code === 'internal_error' ? [`${checkoutId}, one of many, was refused with ${code}`] : [],
    ),
  ];
}

function disagreement({ op, process, name, path, verdict, reason, status }: Call, plan: Evidence['plan']): string[] {
  const who = `${process} (operation ${op}, ${name} ${path})`;
  if (reason === 'internal_error') return [`${who} was answered with a defect: ${status} ${reason}`];
  const deed = plan.operations[op]?.deed;
  // Past the doors, the provider may refuse what it likes.
  if (!deed || process.startsWith('shopper') || process.startsWith('bank')) return [];
  if (verdict === 'ok' && NEVER_ACCEPTED.has(deed.kind)) return [`${who} was accepted although it is ${deed.kind}`];
  const agreed = deed.kind === 'invalid' ? [deed.code] : REFUSALS[deed.kind];
  if (verdict === 'fail' && !agreed.includes(reason ?? '')) return [`${who} was refused with ${status} ${reason}`];
  return [];
}

function minor(amount: string, currency: string): string {
  return parseAmount(amount, currency).amountMinor.toString();
}
