import type pg from 'pg';
import { runInTransaction } from '#db';
import { applyOutcomes } from '#payments';
import type { Outcome } from '#psp';
import { acceptPayments, type Intake } from '../../payments/accept-payment.ts';
import { openOrFindAttempt } from '../../payments/start-hosted-payment.ts';

/** Where an operation finds the world; every id of it begins with `prefix`. */
export interface Scene {
  readonly prefix: string;
  readonly checkoutId: string;
  readonly orderId: string;
  /** The last attempt; empty where there is none. */
  readonly attemptId: string;
}

export const PRINCIPAL = 'key:shop';

export const SUCCEEDED: Outcome = {
  kind: 'succeeded',
  pspPaymentId: 'pi_told',
  chargeId: 'ch_told',
  amountMinor: 2_999n,
  currency: 'USD',
  cardLast4: null,
};
export const DECLINED: Outcome = {
  kind: 'declined',
  code: 'card_declined',
  message: 'The bank says no.',
  pspPaymentId: 'pi_told',
  tryAgain: false,
};
export const UNKNOWN: Outcome = { kind: 'unknown', reason: 'timeout' };
const REFUSED: Outcome = { kind: 'refused', code: 'resource_missing', message: 'No such token.' };
const OPENED: Outcome = {
  kind: 'action_required',
  pspPaymentId: 'pi_told',
  pspSessionId: 'cs_told',
  pageUrl: 'http://psp.test/pay/cs_told',
};

/** The news as the provider tells it of one attempt: the ids in it are that attempt's alone. */
export function newsOf(outcome: Outcome, attemptId: string): Outcome {
  const values = Object.entries(outcome).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.replace(/_told$/, `_${attemptId}`) : value,
  ]);
  return Object.fromEntries(values);
}

/** Unknown answers after which an attempt is given up to a person. */
const UNKNOWNS = 6;

/** How a scene came about: by which flow, and by what was learned about its attempt. */
const HISTORIES = {
  nothing: null,
  direct: { flow: 'direct', news: [] },
  failed: { flow: 'direct', news: [DECLINED] },
  refused: { flow: 'direct', news: [REFUSED] },
  'given-up': { flow: 'direct', news: Array.from({ length: UNKNOWNS }, () => UNKNOWN) },
  'hosted-new': { flow: 'hosted', news: null },
  'hosted-open': { flow: 'hosted', news: [OPENED] },
  'hosted-expired': { flow: 'hosted', news: [OPENED, { kind: 'expired' }] },
} satisfies Record<string, { flow: 'direct' | 'hosted'; news: readonly Outcome[] | null } | null>;

export type SceneKind = keyof typeof HISTORIES;

/** The request of a scene, whose shop, buyer and sellers are everybody's: their accounts are what all meet at. */
export function intakeOf(prefix: string, flow: 'direct' | 'hosted' = 'direct'): Intake {
  const request = {
    checkoutId: `${prefix}c1`,
    buyer: { userId: 'buyer', email: 'buyer@example.com', name: 'John Doe' },
    orders: [
      {
        paymentOrderId: `${prefix}c1.o1`,
        sellerAccount: 'seller',
        amount: { amountMinor: 2_999n, currency: 'USD' as const },
      },
    ],
  };
  return {
    principal: PRINCIPAL,
    request: flow === 'direct' ? { ...request, payment: { token: 'tok_visa' } } : request,
  };
}

/** Makes one scene per prefix, all of a kind, through the product. */
export async function makeScenes(on: pg.Pool, kind: SceneKind, prefixes: readonly string[]): Promise<Scene[]> {
  const history = HISTORIES[kind];
  const scenes = prefixes.map((prefix) => ({
    prefix,
    checkoutId: `${prefix}c1`,
    orderId: `${prefix}c1.o1`,
    attemptId: '',
  }));
  if (!history) return scenes;
  const accepted = await acceptPayments(
    on,
    prefixes.map((prefix) => intakeOf(prefix, history.flow)),
  );
  const withAttempts: Scene[] = [];
  for (const [index, scene] of scenes.entries()) {
    const one = accepted[index];
    if (!one || one instanceof Error || one.kind !== 'new') throw new Error(`${scene.prefix} was not accepted`);
    const opened = history.flow === 'hosted' && history.news !== null;
    const attemptId = opened
      ? await runInTransaction((tx) => openOrFindAttempt(tx, scene.checkoutId), on)
      : one.attempts[0]?.attemptId;
    withAttempts.push({ ...scene, attemptId: attemptId ?? '' });
  }
  for (const outcome of history.news ?? []) {
    const reports = withAttempts.map(({ attemptId }) => ({
      attemptId,
      outcome: newsOf(outcome, attemptId),
      actor: 'api' as const,
    }));
    for (const result of await applyOutcomes(on, reports)) if (result instanceof Error) throw result;
  }
  return withAttempts;
}
