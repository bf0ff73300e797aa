import { z } from 'zod';
import { meetTransportFault, spoilAnswer } from '../faults/transport.ts';
import type { Answer } from '../http/answer.ts';
import { parseParameters } from '../http/form.ts';
import type { Context, Handler } from '../requests/request.ts';
import { resolvePaymentMethod } from '../vault/resolve-payment-method.ts';
import { findSession } from './page.ts';
import { paySession, truth } from './pay-session.ts';

const parameters = z.strictObject({ payment_method: z.string().min(1).max(255) });

/** `GET /v1/payment_pages/:id`. */
export const showPage: Handler = async (context) => {
  const { session, intent } = await findSession(context.simulator.store, context.request.ids.id ?? '');
  return truth(context, session, intent);
};

/** `POST /v1/payment_pages/:id/confirm`. */
export const confirmPage: Handler = async (context) => {
  const { payment_method: method } = parseParameters(parameters, context.request.input);
  return confirmSession(context, method);
};

const underWay = new Map<string, Promise<Answer>>();

/**
 * Pays a session with a stored method. While one payment of it is under way, every other one (a double click, a second
 * tab) gets the answer of the first instead of an attempt of its own.
 */
export function confirmSession(context: Context, methodId: string): Promise<Answer> {
  const sessionId = context.request.ids.id ?? '';
  const first = underWay.get(sessionId);
  if (first) return first;
  const payment = pay(context, sessionId, methodId).finally(() => underWay.delete(sessionId));
  underWay.set(sessionId, payment);
  return payment;
}

async function pay(context: Context, sessionId: string, methodId: string): Promise<Answer> {
  const { row: method, transport } = await resolvePaymentMethod(context.simulator.store, methodId, 'payment_method');
  await meetTransportFault(context, transport, sessionId);
  return context.transact(async (tx) => {
    const decision = await paySession(context, tx, { sessionId, method, authentication: 'not_asked' });
    return spoilAnswer(context, transport, decision);
  });
}
