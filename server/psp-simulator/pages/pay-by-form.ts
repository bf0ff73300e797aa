import { z } from 'zod';
import { type Answer, seeOther } from '../http/answer.ts';
import { parseParameters } from '../http/form.ts';
import { StripeError } from '../http/stripe-error.ts';
import type { Handler } from '../requests/request.ts';
import { billingDetails, billingParameters } from '../vault/card-parameters.ts';
import { toPaymentMethod } from '../vault/store-card.ts';
import { confirmSession } from './confirm-page.ts';
import type { renderPage } from './page.ts';

const EXPIRY = /^\s*(\d{1,2})\s*\/?\s*(\d{2}|\d{4})\s*$/;

const parameters = z.object({
  card: z.object({
    number: z.string().max(40),
    /** "MM / YY" as people type it, or month and year apart. */
    exp: z.string().max(12).optional(),
    exp_month: z.string().max(4).optional(),
    exp_year: z.string().max(4).optional(),
    cvc: z.string().max(10).optional(),
  }),
  billing_details: billingParameters.partial().optional(),
});

/**
 * `POST /v1/payment_pages/:id/form`: the same payment for a browser without JavaScript. Needs no key: who has the
 * session's id may pay it. Always redirects: to the merchant, to the challenge, or back to the page with `?declined=code`.
 */
export const payByForm: Handler = async (context) => {
  const { config, store, keys } = context.simulator;
  const page = `${config.PSP_HOSTED_PAGE_URL}/${encodeURIComponent(context.request.ids.id ?? '')}`;
  try {
    const { card, billing_details } = parseParameters(parameters, context.request.input);
    const [, month = '', year = ''] = EXPIRY.exec(card.exp ?? '') ?? [];
    const raw = {
      number: card.number,
      exp_month: card.exp_month ?? month,
      exp_year: card.exp_year ?? year,
      cvc: card.cvc,
    };
    const method = toPaymentMethod(raw, billingDetails(billing_details), {}, keys.secret);
    await store.commit({ payment_methods: [method] });
    return whereTo(await confirmSession(context, method.id), page);
  } catch (error) {
    if (!(error instanceof StripeError) || error.status >= 500) throw error;
    return declined(page, error.fields.decline_code ?? error.fields.code);
  }
};

function whereTo(answer: Answer, page: string): Answer {
  if (answer.lost) return answer;
  const body = JSON.parse(answer.body) as ReturnType<typeof renderPage> & {
    error?: { code?: string; decline_code?: string };
  };
  if (body.error) return declined(page, body.error.decline_code ?? body.error.code);
  const challenge = body.status === 'open' && body.payment_intent.next_action?.redirect_to_url.url;
  return seeOther(body.success_url || challenge || page);
}

function declined(page: string, code = 'card_declined'): Answer {
  return seeOther(`${page}?declined=${encodeURIComponent(code)}`);
}
