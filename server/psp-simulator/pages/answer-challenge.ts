import { z } from 'zod';
import { parseParameters } from '../http/form.ts';
import type { Handler } from '../requests/request.ts';
import { resolvePaymentMethod } from '../vault/resolve-payment-method.ts';
import { asRedirect } from './as-redirect.ts';
import { lockOpenSession, paySession, truth, unchanged } from './pay-session.ts';

const parameters = z.strictObject({ outcome: z.enum(['approve', 'fail', 'cancel']) });

/**
 * `POST /v1/payment_pages/:id/challenge`: the shopper's answer to 3-D Secure. Only an intent that waits for it moves; in
 * every other case (answered twice, another card meanwhile, session over) the true state comes back.
 */
export const answerChallenge: Handler = async (context) => {
  const { outcome } = parseParameters(parameters, context.request.input);
  const sessionId = context.request.ids.id ?? '';
  return context.transact(async (tx) => {
    const { session, intent, over } = await lockOpenSession(context, tx, sessionId);
    if (over) return over;
    if (intent.status !== 'requires_action' || !intent.payment_method)
      return unchanged(truth(context, session, intent));
    const { row: method } = await resolvePaymentMethod(tx, intent.payment_method, 'payment_method');
    return paySession(context, tx, { sessionId, method, authentication: outcome === 'approve' ? 'passed' : 'failed' });
  });
};

/** `POST /v1/payment_pages/:id/challenge_form`: the same answer from a browser without JavaScript. */
export const answerChallengeByForm: Handler = (context) => asRedirect(context, () => answerChallenge(context));
