import type { JournalCharge, JournalRefund } from '#testing';
import type { Violation } from '../kit/report.ts';
import type { Books } from './books.ts';
import type { Call } from './history.ts';
import type { Plan } from './plan.ts';
import type { ProviderBooks } from './provider-books.ts';

/** Everything a verdict is based on: what callers were told, what our books say, what the provider says, what was seen on the way. */
export interface Evidence {
  readonly plan: Plan;
  readonly calls: readonly Call[];
  readonly books: Books;
  /** Charges that the provider really made. */
  readonly journal: readonly JournalCharge[];
  /** What it gave back, or is about to. */
  readonly refundJournal: readonly JournalRefund[];
  /** What its books say of everything that moves our balance there, and of all that leaves it. */
  readonly provider: ProviderBooks;
  /** Days have passed until all that was taken is settled; without that what is listed at the provider need not be here yet. */
  readonly settled: boolean;
  readonly providerAudit: { readonly balanced: boolean; readonly problems: Readonly<Record<string, number>> };
  /** Invariants that did not hold on some snapshot, during the faults or after them. */
  readonly broken: readonly string[];
  /** What never came to its end after the faults, doors that are not ready, what is held on to. */
  readonly unsettled: readonly string[];
  readonly notReady: readonly string[];
  readonly leaks: readonly string[];
  /** Processes that ended although nobody ended them, or that did not come back. */
  readonly accidents: readonly string[];
  readonly logs: readonly Violation[];
}

/** A caller saw an order in a state, at some moment between these two. */
export interface Sighting {
  readonly orderId: string;
  readonly state: string;
  readonly call: Call;
}

interface ShownOrder {
  readonly payment_order_id: string;
  readonly status?: string;
  readonly unknown?: boolean;
}

/** A payment that was asked for, and what this call says became of that. */
export interface Mention {
  readonly checkoutId: string;
  readonly orders: readonly { readonly payment_order_id: string; readonly amount: string; readonly currency: string }[];
  readonly verdict: Call['verdict'];
  readonly code: string | null;
  readonly call: Call;
}

/** Every order that an answer showed as it was then; a stored answer shows how it was long ago and is left out. */
export function sightingsOf(calls: readonly Call[]): Sighting[] {
  return calls.flatMap((call) => {
    if (call.verdict !== 'ok' || (call.key !== null && call.replayed)) return [];
    return paymentsIn(call).flatMap(({ payment_orders: orders = [] }) =>
      // A dispute names orders too, and says nothing of their state.
      orders.flatMap((order) => (order.status ? { orderId: order.payment_order_id, state: stateOf(order), call } : [])),
    );
  });
}

function paymentsIn({ answer }: Call): { payment_orders?: ShownOrder[] }[] {
  if (Array.isArray(answer?.results)) return answer.results.flatMap((one: { payment?: object }) => one.payment ?? []);
  return answer?.payment_orders ? [answer] : [];
}

/** Callers are shown UNKNOWN as EXECUTING with a flag. */
function stateOf({ status = '', unknown }: ShownOrder): string {
  return status === 'EXECUTING' && unknown ? 'UNKNOWN' : status;
}

/** Every payment and checkout that a call asked for; a bulk asks for several, each with its own verdict. */
export function mentionsOf(calls: readonly Call[]): Mention[] {
  return calls.flatMap((call): Mention[] => {
    const { body, verdict, reason: code } = call;
    if (body?.payments) {
      return body.payments.map((one: { checkout_id: string; payment_orders: Mention['orders'] }, place: number) => {
        const result = call.answer?.results?.[place];
        const own = verdict === 'ok' && result ? verdictOf(result) : { verdict, code };
        return { checkoutId: one.checkout_id, orders: one.payment_orders, ...own, call };
      });
    }
    return body?.payment_orders
      ? [{ checkoutId: body.checkout_id, orders: body.payment_orders, verdict, code, call }]
      : [];
  });
}

function verdictOf({
  status,
  problem,
}: {
  status: number;
  problem?: { code: string };
}): Pick<Mention, 'verdict' | 'code'> {
  if (status < 300) return { verdict: 'ok', code: null };
  return { verdict: status < 500 && status !== 429 ? 'fail' : 'info', code: problem?.code ?? null };
}
