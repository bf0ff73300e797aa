import { setTimeout as delay } from 'node:timers/promises';
import { formatMinor, parseAmount } from '#kernel';
import { SHOPS, type Shop, type Topology } from '../kit/topology.ts';
import { note, type Request } from './client.ts';
import type { Call, History, Json } from './history.ts';
import { DISPUTE_STORIES, type DisputeCourse, type MoneyOutDeed, PAYOUT_CURRENCY } from './plan-money-out.ts';
import type { CheckoutBody } from './plan-operations.ts';
import { callProvider } from './provider.ts';
import { letDaysPass } from './provider-time.ts';

/** How long a shop waits to hear of a dispute, in looks and milliseconds between them. */
const HEARD_LOOKS = 20;
const LOOK_MS = 250;
/** The bank decides so long after it was told something, in milliseconds. */
const DECIDES_AFTER_MS = 1_000;

/** Somebody who leads money out. */
export interface Payer {
  readonly history: History;
  readonly topology: Topology;
  readonly op: number;
  readonly shop: Shop;
  /** Sends a request, and again while nothing is known of it. */
  ask(request: Partial<Request> & Pick<Request, 'method' | 'path'>): Promise<Call>;
}

type Deed<Kind extends MoneyOutDeed['kind']> = Extract<MoneyOutDeed, { kind: Kind }>;

/** A paid payment, and the shop that made it. */
export interface Paid {
  readonly shop: Shop;
  readonly body: CheckoutBody;
}

/** Asks for money of a payment to go back; two people may do so at once. */
export async function refund({ op, ask }: Payer, { order, percent, twice }: Deed<'refund'>, paid: Paid): Promise<void> {
  const orders = paid.body.payment_orders;
  const line = order === null ? null : (orders[order % orders.length] ?? null);
  const id = line?.payment_order_id ?? paid.body.checkout_id;
  const request = {
    shop: paid.shop,
    method: 'POST' as const,
    path: `/payments/${id}/refunds`,
    route: '/payments/{id}/refunds',
    body: { reason: 'requested_by_customer', ...(line && percent !== null && partOf(line, percent)) },
  };
  const keys = twice ? [`refund-${op}`, `refund-${op}-twice`] : [`refund-${op}`];
  await Promise.all(keys.map((key) => ask({ ...request, key })));
}

function partOf({ amount, currency }: { readonly amount: string; readonly currency: string }, percent: number) {
  const whole = parseAmount(amount, currency);
  const part = (whole.amountMinor * BigInt(percent)) / 100n;
  return { amount: formatMinor(part > 0n ? part : 1n, whole.currency), currency };
}

/** The bank of a payment's buyer disputes its charge; the shop hears of it and answers; the bank decides. */
export async function dispute(payer: Payer, deed: Deed<'dispute'>, paid: Paid): Promise<void> {
  const course: DisputeCourse = DISPUTE_STORIES[deed.story];
  const orderId = paid.body.payment_orders[0]?.payment_order_id ?? '';
  const opened = await atBank(payer, 'dispute the charge', async () => {
    const [charge] = await payer.topology.desk.charges(orderId);
    if (!charge) return { status: 404, body: null };
    const amount = Math.max(1, Math.floor((charge.amount * deed.percent) / 100));
    return provider(payer, 'disputes', { charge: charge.id, amount, inquiry: String(course.inquiry) });
  });
  if (opened.verdict !== 'ok') return;
  if (course.says !== undefined) await answer(payer, { ...deed, says: course.says }, orderId, paid.shop);
  const { decides } = course;
  if (!decides) return;
  if (course.says !== undefined) await delay(DECIDES_AFTER_MS);
  await atBank(payer, 'decide the dispute', () =>
    provider(payer, `disputes/${opened.answer.id}/decide`, { outcome: decides }),
  );
}

async function answer(
  { op, ask }: Payer,
  { says, twice }: { readonly says: string | null; readonly twice: boolean },
  orderId: string,
  shop: Shop,
): Promise<void> {
  const list = { shop, method: 'GET' as const, path: `/disputes?of=${orderId}`, route: '/disputes' };
  let known: Json = null;
  for (let look = 0; look < HEARD_LOOKS && !known; look += 1) {
    if (look > 0) await delay(LOOK_MS);
    const { verdict, answer: page } = await ask(list);
    known = verdict === 'ok' ? page.disputes.find((one: { answerable: string | null }) => one.answerable) : null;
  }
  if (!known) return;
  const say = says === null ? 'accept' : 'evidence';
  const request = {
    shop,
    method: 'POST' as const,
    path: `/disputes/${known.dispute_id}/${say}`,
    route: `/disputes/{id}/${say}`,
    body: says === null ? {} : { evidence: says },
  };
  const keys = twice ? [`${say}-${op}`, `${say}-${op}-twice`] : [`${say}-${op}`];
  await Promise.all(keys.map((key) => ask({ ...request, key })));
}

/** A seller is paid at another bank account from now on. */
export async function addBank({ op, ask }: Payer, { seller, token }: Deed<'bank'>): Promise<void> {
  const body = { currency: PAYOUT_CURRENCY, token };
  const path = `/sellers/${seller}/bank_accounts`;
  await ask({ method: 'POST', path, route: '/sellers/{id}/bank_accounts', key: `bank-${op}`, body });
}

/** A seller is paid out; what needs a second person gets one, and some is called off. */
export async function payOut(payer: Payer, { seller, amount, approver, cancels }: Deed<'payout'>): Promise<void> {
  const { op, ask, shop } = payer;
  const body = { seller_id: seller, currency: PAYOUT_CURRENCY, ...(amount !== null && { amount }) };
  const asked = await ask({ method: 'POST', path: '/payouts', key: `payout-${op}`, body });
  if (asked.verdict !== 'ok') return;
  const step = (name: 'approve' | 'cancel', by: Shop, key: string, content: Json) =>
    ask({
      shop: by,
      method: 'POST',
      path: `/payouts/${asked.answer.payout_id}/${name}`,
      route: `/payouts/{id}/${name}`,
      key,
      body: content,
    });
  if (cancels) return void (await step('cancel', shop, `cancel-${op}`, { reason: 'asked for by mistake' }));
  if (!asked.answer.needs_approval) return;
  if (approver === 'same') await step('approve', shop, `approve-${op}-same`, {});
  await step('approve', otherThan(shop), `approve-${op}`, {});
}

function otherThan(shop: Shop): Shop {
  return (Object.keys(SHOPS) as Shop[]).find((one) => one !== shop) ?? shop;
}

/** Days pass at the provider, with all that is due in them. */
export async function advance(payer: Payer, { days }: Deed<'advance'>): Promise<void> {
  await atBank(payer, 'days pass', () => letDaysPass(payer.topology, days));
}

/** Something that happens past the doors. */
function atBank(
  { history, op }: Payer,
  name: string,
  work: () => Promise<{ status: number; body: Json }>,
): Promise<Call> {
  return note(history, { process: `bank-${op}`, op, name, path: '', key: null, body: undefined }, work);
}

function provider({ topology }: Payer, helper: string, form: Readonly<Record<string, string | number>>) {
  return callProvider(topology.providerUrl, 'POST', `test_helpers/${helper}`, form);
}
