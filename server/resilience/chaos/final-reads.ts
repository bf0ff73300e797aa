import type { Random } from '../kit/random.ts';
import { DOORS, type Shop, type Topology } from '../kit/topology.ts';
import { ask, type Request } from './client.ts';
import { type Call, type History, mutates } from './history.ts';
import type { Plan } from './plan.ts';
import { isPayment, paymentOf } from './workload.ts';

interface After {
  readonly plan: Plan;
  readonly topology: Topology;
  readonly history: History;
  readonly random: Random;
}

/** Requests that the harness sends at once. */
const AT_ONCE = 12;
/** Share of the callers who come back to find out what became of their request; the rest never do. */
const COME_BACK_SHARE = 0.5;
/** Most accepted payments that are asked for once more at the end. */
const REPEATED_AT_THE_END = 120;

/** Callers who do not know what became of their request send it again; not all do, since what they left behind must be right as well. */
export async function comeBack(after: After): Promise<void> {
  const { plan, history, random } = after;
  const known = new Set(history.calls.filter((call) => call.verdict !== 'info').map((call) => call.op));
  const unknown = new Set(history.calls.filter((call) => mutates(call) && !known.has(call.op)).map((call) => call.op));
  const places = [...unknown].filter((place) => plan.operations[place]?.deed.kind === 'pay');
  await inShares(random.subset(places, COME_BACK_SHARE), (place) => repeat(after, place, 'back'));
}

/** Everybody looks at every payment they asked for, and sends accepted requests once more. */
export async function finalReads(after: After): Promise<void> {
  const { plan, history, topology } = after;
  const asked = [...plan.operations.entries()].flatMap(([place, { shop, deed }]) => {
    if (deed.kind === 'bulk') return deed.bodies.map((body) => ({ place, shop, id: body.checkout_id }));
    return deed.kind === 'pay' || deed.kind === 'hosted' ? [{ place, shop, id: deed.body.checkout_id }] : [];
  });
  await inShares(asked, async ({ shop, id }, index) => {
    const url = topology.urlOf(DOORS[index % DOORS.length] as (typeof DOORS)[number]);
    await ask(history, {
      process: 'final',
      op: -1,
      url,
      shop,
      method: 'GET',
      path: `/payments/${id}`,
      route: '/payments/{id}',
    });
  });
  const shops = new Map(asked.map(({ shop, id }) => [id, shop]));
  await inShares(goneOut(history.calls, shops), async ({ shop, path, route }) => {
    await ask(history, { process: 'final', op: -1, url: topology.urlOf('door-2'), shop, method: 'GET', path, route });
  });
  const accepted = new Set(history.calls.filter(isAcceptedPayment).map((call) => call.op));
  const again = [...accepted].filter((place) => plan.operations[place]?.deed.kind === 'pay');
  await inShares(again.slice(0, REPEATED_AT_THE_END), (place) => repeat(after, place, 'final'));
  const shop = 'north';
  for (const door of DOORS)
    await ask(history, {
      process: 'final',
      op: -1,
      url: topology.urlOf(door),
      shop,
      method: 'GET',
      path: '/ledger/balance',
    });
}

/** Every refund and payout that somebody was told of, where it is read; refunds by the shop of their checkout. */
function goneOut(calls: readonly Call[], shops: ReadonlyMap<string, Shop>): Pick<Request, 'shop' | 'path' | 'route'>[] {
  return calls.flatMap(({ name, verdict, answer, replayed }) => {
    if (verdict !== 'ok' || replayed) return [];
    if (name === 'POST /payouts')
      return [{ shop: 'north', path: `/payouts/${answer.payout_id}`, route: '/payouts/{id}' }];
    if (name !== 'POST /payments/{id}/refunds') return [];
    return answer.refunds.map(({ refund_id: id, checkout_id: checkout }: Record<string, string>) => ({
      shop: shops.get(checkout ?? '') ?? 'north',
      path: `/refunds/${id}`,
      route: '/refunds/{id}',
    }));
  });
}

/** A few payments through each door, so that a breaker that opened has what it needs to close. */
export async function payEverywhere({ topology, history }: After, name: string): Promise<void> {
  for (const door of DOORS) {
    const url = topology.urlOf(door);
    await inShares([1, 2, 3], async (n) => {
      const order = {
        payment_order_id: `${name}.${door}.${n}.1`,
        seller_account: 'seller_1',
        amount: '1.00',
        currency: 'USD',
      };
      const body = {
        checkout_id: `${name}.${door}.${n}`,
        buyer_info: { user_id: 'buyer_1', email: 'buyer_1@example.com', name: 'A Buyer' },
        credit_card_info: { token: 'tok_visa_4242' },
        payment_orders: [order],
      };
      await ask(history, { process: name, op: -1, url, shop: 'north', method: 'POST', path: '/payments', body });
    });
  }
}

async function repeat({ plan, history, topology }: After, place: number, process: string): Promise<void> {
  const operation = plan.operations[place];
  if (operation && isPayment(operation))
    await ask(history, { process, op: place, url: topology.urlOf(operation.door), ...paymentOf(operation) });
}

function isAcceptedPayment(call: Call): boolean {
  return call.verdict === 'ok' && call.name === 'POST /payments';
}

async function inShares<T>(list: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < list.length; from += AT_ONCE)
    await Promise.all(list.slice(from, from + AT_ONCE).map((item, place) => work(item, from + place)));
}
