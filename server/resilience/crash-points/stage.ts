import { createHmac } from 'node:crypto';
import type pg from 'pg';
import { config } from '#config';
import type { PaymentRequest } from '#payments';
import { openPspDesk, type PspDesk } from '#testing';
import { receiveWebhook } from '#webhooks';

const SECRET_KEY = 'sk_test_simulator_platform_secret_key';
/** The caller whose payments the flows make. */
export const PRINCIPAL = 'key:shop';
export const API_KEY = 'sk_test_the_key_of_the_shop_whose_server_dies';
/** Id of the operator who uses the console. */
export const CLERK = 'clerk';
/** Most events of one flow. */
const EVENTS = 100;

/** Where a flow is played: everything it makes has an id that begins with `id`, so that flows never meet. */
export interface Stage {
  readonly id: string;
  /** Superuser connection of the test, past the product. */
  readonly owner: pg.Pool;
  /** The provider as shopper and auditor meet it, past the line that the product uses. */
  readonly desk: PspDesk;
  /** The provider's own address and database. */
  readonly simulatorUrl: string;
  readonly simulatorDatabase: string;
}

export function openStage(stage: Omit<Stage, 'desk'>): Stage {
  return { ...stage, desk: openPspDesk({ url: stage.simulatorUrl }) };
}

/** A payment of the stage; the nth checkout of the flow. Each amount is an order of its own seller. */
export function paymentOf(
  stage: Stage,
  { token = 'tok_visa_4242', amounts = [2_999n], nth = 1 }: { token?: string; amounts?: bigint[]; nth?: number } = {},
): PaymentRequest {
  const checkoutId = `${stage.id}.c${nth}`;
  return {
    checkoutId,
    buyer: { userId: `${stage.id}.buyer`, email: 'buyer@example.com', name: 'John Doe' },
    payment: { token, last4: '4242' },
    orders: amounts.map((amountMinor, index) => ({
      paymentOrderId: `${checkoutId}.o${index + 1}`,
      sellerAccount: `${stage.id}.seller${index + 1}`,
      amount: { amountMinor, currency: 'USD' },
    })),
  };
}

/** The latest attempt of a checkout. */
export async function lastAttempt(stage: Stage, nth = 1): Promise<{ id: string; session: string | null }> {
  const { rows } = await stage.owner.query<{ id: string; session: string | null }>(
    `select id, psp_session_id as session from payment_attempts where checkout_id = $1 order by attempt_no desc, id limit 1`,
    [`${stage.id}.c${nth}`],
  );
  const [attempt] = rows;
  if (!attempt) throw new Error(`${stage.id} has no attempt`);
  return attempt;
}

export interface ProviderEvent {
  readonly id: string;
  readonly type: string;
  readonly created: number;
  readonly livemode: false;
  readonly data: { readonly object: Readonly<Record<string, unknown>> };
}

/** What the provider has to tell about the flow, oldest first. An event of a refund names the attempt alone. */
export async function eventsOf({ id, owner, simulatorUrl }: Stage): Promise<ProviderEvent[]> {
  const { rows } = await owner.query<{ id: string }>(
    'select id from payment_attempts where starts_with(checkout_id, $1)',
    [`${id}.`],
  );
  const names = [`${id}.`, ...rows.map((row) => row.id)];
  const response = await fetch(`${simulatorUrl}/v1/events?limit=${EVENTS}`, {
    headers: { authorization: `Bearer ${SECRET_KEY}` },
  });
  const { data } = (await response.json()) as { data: ProviderEvent[] };
  const isOurs = (text: string) => names.some((name) => text.includes(name));
  return data.filter((event) => isOurs(JSON.stringify(event))).reverse();
}

/** Sends a webhook as the provider does: signed over its bytes. Resolves when it would be answered 200. */
export async function deliver(event: ProviderEvent): Promise<void> {
  const body = JSON.stringify(event);
  const timestamp = Math.floor(Date.now() / 1_000);
  const { PSP_WEBHOOK_SECRET } = config();
  const signature = createHmac('sha256', PSP_WEBHOOK_SECRET).update(`${timestamp}.${body}`).digest('hex');
  await receiveWebhook(Buffer.from(body), `t=${timestamp},v1=${signature}`);
}

/** Whether it is one of the types that we ask the provider to send. */
export function isRead({ type }: ProviderEvent): boolean {
  return ['payment_intent.', 'checkout.', 'refund.'].some((group) => type.startsWith(group));
}

/** The provider sends all it has, one after the other, and again until each was taken. */
export async function deliverAll(stage: Stage): Promise<void> {
  for (const event of await eventsOf(stage)) if (isRead(event)) await deliver(event);
}
