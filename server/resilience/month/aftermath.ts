import { answerDispute, listDisputes, sendResponses, warnOfDeadlines } from '#disputes';
import type { CurrencyCode } from '#kernel';
import { type RequestedReason, requestRefund } from '#refunds';
import type { Random } from '../kit/random.ts';
import { count, type Day, type DisputeFate, OPERATOR, type PlannedDispute, type Scene, SHOP, tryTo } from './scene.ts';

/** Refunds and disputes per order of a usual day. */
const REFUND_SHARE = 0.12;
const DISPUTE_SHARE = 0.05;
/** Days from a dispute to what we say to it, and to what the bank decides. */
const ANSWERED_AFTER = 1;
const DECIDED_AFTER = 4;
/** Responses sent at once. */
const RESPONSES = 50;

const FATES: readonly (readonly [number, DisputeFate])[] = [
  [3, 'win'],
  [3, 'lose'],
  [2, 'accept'],
  [2, 'silence'],
  [2, 'inquiry'],
  [1, 'escalation'],
];

/** What the bank decides in the end; of others we or the deadline do. */
const DECISIONS: Readonly<Partial<Record<DisputeFate, 'win' | 'lose' | 'escalate'>>> = {
  ...{ win: 'win', lose: 'lose' },
  ...{ inquiry: 'win', escalation: 'escalate' },
};
const IS_INQUIRY: ReadonlySet<DisputeFate> = new Set(['inquiry', 'escalation']);
const REASONS: readonly RequestedReason[] = ['requested_by_customer', 'not_delivered', 'not_as_described', 'other'];

interface PaidOrder {
  readonly id: string;
  readonly currency: CurrencyCode;
  readonly left: bigint;
  readonly untouched: boolean;
}

/** Paid orders of which something is left, and which nobody disputes: in an order that depends on the seed alone. */
async function paidOrders(scene: Scene): Promise<PaidOrder[]> {
  const { rows } = await scene.system.owner.query(
    `select o.payment_order_id as id, o.currency, o.amount_minor - o.refunded_minor as left, o.refunded_minor = 0 as untouched
     from payment_orders o join captures c on c.payment_order_id = o.payment_order_id
     where o.state = 'SUCCESS' and o.amount_minor > o.refunded_minor
       and not exists (select from disputes d where d.attempt_id = c.attempt_id)
     order by o.payment_order_id collate "C"`,
  );
  return rows.map((row) => ({ ...row, left: BigInt(row.left) }));
}

/** Shoppers want money back, all of an order or a part; some of it does not arrive and comes back days later. */
export async function refund(scene: Scene, { draw }: Day): Promise<void> {
  for (const order of takeSome(await paidOrders(scene), draw, scene.ordersPerDay * REFUND_SHARE)) {
    const isWhole = draw.chance(0.5);
    const amountMinor = isWhole ? order.left : BigInt(draw.between(1, Number(order.left)));
    const wish = {
      ...{ paymentId: order.id, amount: { amountMinor, currency: order.currency } },
      ...{ reason: draw.pick(REASONS), actor: OPERATOR },
    };
    await tryTo(scene, isWhole ? 'refund of all that is left' : 'refund of a part', () =>
      requestRefund(wish, { principal: SHOP }),
    );
  }
}

/** Banks dispute charges or ask about them. */
export async function dispute(scene: Scene, { number, draw }: Day): Promise<void> {
  const orders = (await paidOrders(scene)).filter((order) => order.untouched);
  for (const { id } of takeSome(orders, draw, scene.ordersPerDay * DISPUTE_SHARE)) {
    const fate = draw.weighted(FATES);
    const [charge] = await scene.system.charges(id);
    const form = { charge: charge?.id ?? '', ...(IS_INQUIRY.has(fate) && { inquiry: 'true' }) };
    const opened = await scene.system.helper('disputes', form);
    const { due_by: dueBy } = opened.evidence_details as { due_by: number };
    scene.disputes.push({ paymentOrderId: id, pspDisputeId: String(opened.id), fate, openedOn: number, dueBy });
    count(scene, `dispute opened: ${fate}`);
  }
}

/** About so many of them: a share of one is a chance. */
function takeSome<T>(from: readonly T[], draw: Random, wanted: number): T[] {
  const whole = Math.floor(wanted) + (draw.chance(wanted % 1) ? 1 : 0);
  const left = [...from];
  return Array.from({ length: Math.min(whole, left.length) }, () =>
    left.splice(draw.between(0, left.length - 1), 1),
  ).flat();
}

/** We say something to disputes whose turn it is, the bank decides others; of some nobody says anything until it is too late. */
export async function answerAndDecide(scene: Scene, { number }: Day): Promise<void> {
  for (const { fate, openedOn, ...planned } of scene.disputes) {
    if (openedOn + ANSWERED_AFTER === number && fate !== 'silence')
      await answer(scene, planned.paymentOrderId, fate === 'accept' ? null : 'It was delivered; here is the receipt.');
  }
  await sendResponses(RESPONSES);
  for (const { fate, openedOn, pspDisputeId } of scene.disputes) {
    const outcome = DECISIONS[fate];
    if (outcome && openedOn + DECIDED_AFTER === number)
      await scene.system.helper(`disputes/${pspDisputeId}/decide`, { outcome });
  }
}

async function answer(scene: Scene, paymentOrderId: string, evidence: string | null): Promise<void> {
  const [known] = (await listDisputes({ of: paymentOrderId })).rows;
  const what = evidence === null ? 'dispute accepted' : 'dispute answered';
  await tryTo(scene, what, () => answerDispute(known?.id ?? '', { evidence, actor: OPERATOR }, {}));
}

/** A person is told of deadlines. Our clock cannot be moved, so the deadlines come as near as they are on the provider's. */
export async function warn(scene: Scene, now: number): Promise<void> {
  const open: readonly PlannedDispute[] = scene.disputes;
  await scene.system.owner.query(
    `update disputes d set due_by = now() + make_interval(secs => n.seconds)
     from unnest($1::text[], $2::int[]) n (id, seconds) where d.psp_dispute_id = n.id and d.finished_at is null`,
    [open.map((one) => one.pspDisputeId), open.map((one) => one.dueBy - now)],
  );
  const warned = await warnOfDeadlines();
  for (let one = 0; one < warned; one += 1) count(scene, 'deadline told');
}
