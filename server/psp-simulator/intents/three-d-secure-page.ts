import { html } from 'hono/html';
import { z } from 'zod';
import type { IntentRow } from '../database/rows.ts';
import { type Answer, seeOther } from '../http/answer.ts';
import { parseParameters } from '../http/form.ts';
import { missing } from '../http/stripe-error.ts';
import type { Handler } from '../requests/request.ts';
import { resolvePaymentMethod } from '../vault/resolve-payment-method.ts';
import { confirmIntent } from './confirm-intent.ts';
import { circumstances } from './confirm-now.ts';
import { confirmationEvents, confirmationWrites } from './intent-effects.ts';
import { lockIntent } from './lock-intent.ts';

const query = z.strictObject({ client_secret: z.string().max(255) });
const form = query.extend({ outcome: z.enum(['approve', 'fail', 'cancel']) });

/** `GET /three_d_secure/:id`: the bank's page for intents confirmed through the API; sessions have the hosted page's own. */
export const showChallenge: Handler = async ({ request, simulator }) => {
  const { client_secret: secret } = parseParameters(query, request.input);
  const text = 'select * from payment_intents where id = $1';
  const [intent] = await simulator.store.rows<IntentRow>('intent', text, [request.ids.id]);
  return page(checkSecret(intent, secret, request.ids.id), secret);
};

/** `POST /three_d_secure/:id`: answers the challenge and sends the shopper back; a second answer changes nothing. */
export const submitChallenge: Handler = async (context) => {
  const { outcome, client_secret: secret } = parseParameters(form, context.request.input);
  const id = context.request.ids.id ?? '';
  return context.transact(async (tx) => {
    const intent = checkSecret(await lockIntent(tx, id), secret, id);
    if (intent.status !== 'requires_action' || !intent.payment_method) {
      return { answer: backToMerchant(intent), writes: {}, events: [] };
    }
    const { row: method } = await resolvePaymentMethod(tx, intent.payment_method, 'id');
    const authentication = outcome === 'approve' ? 'passed' : 'failed';
    const confirmed = confirmIntent({ ...circumstances(context, intent), intent, method, authentication });
    return {
      answer: backToMerchant(confirmed.intent),
      writes: confirmationWrites(confirmed),
      events: confirmationEvents(confirmed),
    };
  });
};

/** A wrong secret is as unknown as a wrong id. */
function checkSecret(intent: IntentRow | undefined, secret: string, id = ''): IntentRow {
  if (intent?.client_secret !== secret) throw missing('payment_intent', id);
  return intent;
}

function backToMerchant(intent: IntentRow): Answer {
  if (!intent.return_url) return page(intent, intent.client_secret);
  const url = new URL(intent.return_url);
  url.searchParams.set('payment_intent', intent.id);
  url.searchParams.set('payment_intent_client_secret', intent.client_secret);
  url.searchParams.set('redirect_status', intent.status === 'succeeded' ? 'succeeded' : 'failed');
  return seeOther(url.toString());
}

function page(intent: IntentRow, secret: string): Answer {
  const amount = `${intent.currency.toUpperCase()} ${intent.amount} (minor units)`;
  const question = html`<p>Is it you who pays ${amount}?</p>
    <form method="post">
      <input type="hidden" name="client_secret" value="${secret}" />
      <button name="outcome" value="approve">Approve</button>
      <button name="outcome" value="fail">Fail</button>
      <button name="outcome" value="cancel">Cancel</button>
    </form>`;
  const closed = html`<p>There is nothing to approve. The payment is <strong>${intent.status}</strong>.</p>`;
  const body = html`<!doctype html>
    <html lang="en">
      <head><meta charset="utf-8" /><meta name="viewport" content="width=device-width" /><title>3-D Secure test</title></head>
      <body><main><h1>Test bank</h1>${intent.status === 'requires_action' ? question : closed}</main></body>
    </html>`;
  return { status: 200, body: String(body), contentType: 'text/html; charset=utf-8' };
}
