import { z } from 'zod';
import { parseParameters } from '../http/form.ts';
import { type Handler, nowSeconds } from '../requests/request.ts';
import { LONGEST_LIFE_SECONDS } from '../sessions/session-parameters.ts';
import { lockOpenSession, truth } from './pay-session.ts';

const EXTENSION_SECONDS = 1_800;
const parameters = z.strictObject({});

/** `POST /v1/payment_pages/:id/extend`: 30 more minutes, up to 24 hours after the session was created. */
export const extendPage: Handler = async (context) => {
  parseParameters(parameters, context.request.input);
  return context.transact(async (tx) => {
    const { session, intent, over } = await lockOpenSession(context, tx, context.request.ids.id ?? '');
    if (over) return over;
    const wished = Math.max(session.expires_at, nowSeconds()) + EXTENSION_SECONDS;
    const latest = Math.max(session.expires_at, session.created + LONGEST_LIFE_SECONDS);
    const extended = { ...session, expires_at: Math.min(wished, latest) };
    return { answer: truth(context, extended, intent), writes: { checkout_sessions: [extended] }, events: [] };
  });
};
