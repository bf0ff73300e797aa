import { signWebhook, webhookEvent, webhookIntent } from '#testing';
import { PROVIDER_SECRETS, type Topology } from '../kit/topology.ts';
import type { WrongWord } from './plan-values.ts';

/** A hosted page as the provider knows it, and the attempt of ours it was opened for. */
interface Page {
  readonly session: string;
  readonly intent: string;
  readonly attempt_id: string;
}

const PAGE =
  'select id as session, payment_intent as intent, client_reference_id as attempt_id from checkout_sessions where id = $1';

/** What the provider tells of a page that it will take money on all the same, as the body of an event. */
export const WORDS: Readonly<Record<WrongWord, (page: Page) => string>> = {
  expired: ({ session, attempt_id }) =>
    webhookEvent('checkout.session.expired', { id: session, client_reference_id: attempt_id, expires_at: 0 }),
  cancelled: ({ session, attempt_id }) =>
    webhookEvent('checkout.session.expired', { id: session, client_reference_id: attempt_id, expires_at: 2 }),
  failed: ({ intent, attempt_id }) =>
    webhookEvent(
      'payment_intent.processing',
      webhookIntent(attempt_id, { id: intent, status: 'requires_payment_method', last_payment_error: DECLINE }),
    ),
};
const DECLINE = { code: 'card_declined', message: 'Your card was declined.' };

/** The provider tells the shop, signed as ever, that an open page is over. Throws when it could not be told. */
export async function tellWrongly(
  topology: Topology,
  sessionId: string,
  word: WrongWord,
): Promise<{ status: number; body: null }> {
  const { rows } = await topology.providerOwner.query<Page>(PAGE, [sessionId]);
  if (!rows[0]) throw new Error(`the provider has no page ${sessionId}`);
  return post(topology, WORDS[word](rows[0]));
}

/** The provider's last word about payments that were given up to a person: nothing was taken. Answers how many it was about. */
export async function tellTheRestFailed(topology: Topology): Promise<number> {
  const { rows } = await topology.owner.query<{ id: string }>(
    `select id from payment_attempts where state = 'UNKNOWN' and psp_payment_id is null and payment_method = 'tok_forgotten' order by id`,
  );
  for (const { id } of rows.slice(0, Math.ceil(rows.length / 2)))
    await post(topology, webhookEvent('payment_intent.canceled', webhookIntent(id, { status: 'canceled' })));
  return rows.length;
}

async function post(topology: Topology, body: string): Promise<{ status: number; body: null }> {
  const response = await fetch(`${topology.urlOf('door-1')}/api/webhooks/psp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'stripe-signature': signWebhook(body, { secret: PROVIDER_SECRETS.webhook }),
    },
    body,
  });
  await response.body?.cancel();
  return { status: response.status, body: null };
}
