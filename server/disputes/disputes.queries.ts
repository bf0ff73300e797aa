import { decodePlace, encodePlace, pool, run } from '#db';
import { AppError, type CurrencyCode, formatMinor } from '#kernel';
import type { Page } from '#payments';
import type { DisputeScope } from './answer-dispute.ts';
import { ANSWERABLE, type DisputeState, type ResponseStage } from './dispute-state.ts';

/** One step in the life of a dispute. */
export interface DisputeStep {
  readonly seq: number;
  readonly from: DisputeState;
  readonly to: DisputeState;
  readonly reason: string;
  readonly actor: string;
  readonly at: Date;
}

/** Something that was said to it. */
export interface DisputeResponseView {
  readonly stage: ResponseStage;
  readonly kind: 'evidence' | 'acceptance';
  readonly evidence: string | null;
  readonly actor: string;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  readonly refusedAt: Date | null;
  readonly error: string | null;
}

/** What is disputed of one order, and what of that its seller bears. Decimal strings. */
export interface DisputedOrderView {
  readonly paymentOrderId: string;
  readonly sellerId: string;
  readonly sellerName: string;
  readonly disputed: string;
  readonly share: string;
}

/** A dispute. Amounts are decimal strings; what the provider has not moved is null. */
export interface DisputeView {
  readonly id: string;
  readonly pspDisputeId: string;
  readonly attemptId: string;
  readonly checkoutId: string;
  readonly reason: string;
  readonly amount: string;
  readonly currency: CurrencyCode;
  readonly state: DisputeState;
  readonly withdrawn: string | null;
  readonly fee: string | null;
  readonly reinstated: string | null;
  readonly dueBy: Date | null;
  /** What the scope may say to it now; null when nothing can be said (any more) or it is `shared`. */
  readonly answerable: ResponseStage | null;
  readonly openedAt: Date;
  readonly finishedAt: Date | null;
  /** Whether the scope's seller is one of several whom the charge paid: then the platform answers. */
  readonly shared: boolean;
  /** Those of the scope's seller, if it has one. */
  readonly orders: readonly DisputedOrderView[];
  readonly responses: readonly DisputeResponseView[];
  readonly steps: readonly DisputeStep[];
}

export interface DisputeFilter extends DisputeScope {
  readonly states?: readonly DisputeState[] | undefined;
  /** Of one order, checkout or attempt. */
  readonly of?: string | undefined;
  readonly cursor?: string | undefined;
  /** Most rows on a page. */
  readonly limit?: number | undefined;
}

/** Rows on a page unless the caller says otherwise. */
const PAGE = 25;

interface Row {
  id: string;
  psp_dispute_id: string;
  attempt_id: string;
  checkout_id: string;
  reason: string;
  amount_minor: bigint;
  currency: CurrencyCode;
  state: DisputeState;
  withdrawn_minor: bigint | null;
  fee_minor: bigint | null;
  reinstated_minor: bigint | null;
  due_by: Date | null;
  late: boolean | null;
  shared: boolean;
  opened_at: Date;
  place: string;
  finished_at: Date | null;
}

/** $1: principal, $2: seller. A seller sees the disputes of charges that paid an order of theirs. */
const SELECT = `select d.id, d.psp_dispute_id, d.attempt_id, a.checkout_id, d.reason, d.amount_minor, d.currency, d.state, d.withdrawn_minor,
                       d.fee_minor, d.reinstated_minor, d.due_by, d.due_by <= now() as late, d.opened_at,
                       exists (
                         select from attempt_orders ao join payment_orders o on o.payment_order_id = ao.payment_order_id
                         where ao.attempt_id = d.attempt_id and o.seller_id <> $2) as shared,
                       (d.opened_at at time zone 'UTC')::text as place, d.finished_at
                from disputes d join payment_attempts a on a.id = d.attempt_id
                where ($1::text is null or exists (
                        select from payment_events e where e.checkout_id = a.checkout_id and e.principal = $1))
                  and ($2::text is null or exists (
                        select from attempt_orders ao join payment_orders o on o.payment_order_id = ao.payment_order_id
                        where ao.attempt_id = d.attempt_id and o.seller_id = $2))`;

/** Disputes, newest first, a page at a time. */
export async function listDisputes(filter: DisputeFilter): Promise<Page<DisputeView>> {
  const { principal, sellerId, states, of, cursor, limit = PAGE } = filter;
  const place = decodePlace(cursor);
  const rows = await run<Row>(pool(), {
    name: 'list-disputes',
    text: `${SELECT}
             and ($3::text[] is null or d.state = any($3))
             and ($4::text is null or $4 in (d.attempt_id, a.checkout_id) or exists (
               select from attempt_orders ao where ao.attempt_id = d.attempt_id and ao.payment_order_id = $4))
             and ($5::text is null or (d.opened_at, d.id) < ($5::timestamp at time zone 'UTC', $6))
           order by d.opened_at desc, d.id desc limit $7`,
    values: [
      principal ?? null,
      sellerId ?? null,
      states ?? null,
      of ?? null,
      place?.at ?? null,
      place?.id ?? null,
      limit + 1,
    ],
  });
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    rows: await compose(rows.slice(0, limit), sellerId),
    nextCursor: last ? encodePlace({ at: last.place, id: last.id }) : null,
  };
}

/** One dispute with its history. Throws `not_found`, also for one out of scope. */
export async function getDispute(disputeId: string, { principal, sellerId }: DisputeScope): Promise<DisputeView> {
  const rows = await run<Row>(pool(), {
    name: 'get-dispute',
    text: `${SELECT} and d.id = $3`,
    values: [principal ?? null, sellerId ?? null, disputeId],
  });
  const [dispute] = await compose(rows, sellerId);
  if (!dispute) throw new AppError('not_found', 'There is no dispute with this id.');
  return dispute;
}

async function compose(rows: readonly Row[], sellerId: string | undefined): Promise<DisputeView[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const [orders, responses, steps] = await Promise.all([ordersOf(ids, sellerId), responsesOf(ids), stepsOf(ids)]);
  return rows.map((row) => {
    const decimal = (minor: bigint | null) => (minor === null ? null : formatMinor(minor, row.currency));
    const everSaid = responses.get(row.id) ?? [];
    const said = everSaid.filter((one) => one.refusedAt === null);
    const stage = ANSWERABLE[row.state];
    return {
      id: row.id,
      pspDisputeId: row.psp_dispute_id,
      attemptId: row.attempt_id,
      checkoutId: row.checkout_id,
      reason: row.reason,
      amount: formatMinor(row.amount_minor, row.currency),
      currency: row.currency,
      state: row.state,
      withdrawn: decimal(row.withdrawn_minor),
      fee: decimal(row.fee_minor),
      reinstated: decimal(row.reinstated_minor),
      dueBy: row.due_by,
      answerable: stage && !row.late && !row.shared && !said.some((one) => one.stage === stage) ? stage : null,
      shared: row.shared,
      openedAt: row.opened_at,
      finishedAt: row.finished_at,
      orders: (orders.get(row.id) ?? []).map((order) => ({
        paymentOrderId: order.payment_order_id,
        sellerId: order.seller_id,
        sellerName: order.seller_name,
        disputed: formatMinor(order.disputed_minor, row.currency),
        share: formatMinor(order.share_minor, row.currency),
      })),
      responses: everSaid,
      steps: steps.get(row.id) ?? [],
    };
  });
}

interface OrderRow {
  dispute_id: string;
  payment_order_id: string;
  seller_id: string;
  seller_name: string;
  disputed_minor: bigint;
  share_minor: bigint;
}

async function ordersOf(ids: readonly string[], sellerId: string | undefined): Promise<Map<string, OrderRow[]>> {
  const rows = await run<OrderRow>(pool(), {
    name: 'orders-in-disputes',
    text: `select s.dispute_id, s.payment_order_id, o.seller_id, l.display_name as seller_name, s.disputed_minor, s.share_minor
           from dispute_orders s join payment_orders o on o.payment_order_id = s.payment_order_id join sellers l on l.id = o.seller_id
           where s.dispute_id = any($1::text[]) and ($2::text is null or o.seller_id = $2) order by o.line_no`,
    values: [ids, sellerId ?? null],
  });
  return Map.groupBy(rows, (row) => row.dispute_id);
}

async function responsesOf(ids: readonly string[]): Promise<Map<string, DisputeResponseView[]>> {
  const rows = await run<DisputeResponseView & { disputeId: string }>(pool(), {
    name: 'responses-to-disputes',
    text: `select dispute_id as "disputeId", stage, kind, evidence, actor, created_at as "createdAt", sent_at as "sentAt",
                  refused_at as "refusedAt", error
           from dispute_responses where dispute_id = any($1::text[]) order by created_at`,
    values: [ids],
  });
  return Map.groupBy(rows, (row) => row.disputeId);
}

async function stepsOf(ids: readonly string[]): Promise<Map<string, DisputeStep[]>> {
  const rows = await run<DisputeStep & { disputeId: string }>(pool(), {
    name: 'steps-of-disputes',
    text: `select dispute_id as "disputeId", seq, from_state as "from", to_state as "to", reason, actor, at
           from dispute_transitions where dispute_id = any($1::text[]) order by dispute_id, seq`,
    values: [ids],
  });
  return Map.groupBy(rows, (row) => row.disputeId);
}
