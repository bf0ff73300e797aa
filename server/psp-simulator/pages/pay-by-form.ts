import { z } from 'zod';
import type { Answer } from '../http/answer.ts';
import { parseParameters } from '../http/form.ts';
import type { Context, Handler } from '../requests/request.ts';
import { billingDetails, billingParameters } from '../vault/card-parameters.ts';
import { toPaymentMethod } from '../vault/store-card.ts';
import { asRedirect } from './as-redirect.ts';
import { confirmSession } from './confirm-page.ts';

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
 * session's id may pay it.
 */
export const payByForm: Handler = (context) => asRedirect(context, () => pay(context));

async function pay(context: Context): Promise<Answer> {
  const { store, keys } = context.simulator;
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
  return confirmSession(context, method.id);
}
