import { lanePool } from '#db';
import {
  applyOutcomes,
  askAgain,
  closeDeadLetter,
  drainPayments,
  resolveAttempts,
  retryPayment,
  takePayment,
} from '#payments';
import type { WireRule } from '#testing';
import type { Flow } from '../flow.ts';
import { passTime } from '../recovery.ts';
import { lastAttempt, PRINCIPAL, paymentOf, type Stage } from '../stage.ts';
import { unless } from './unless.ts';

/** Longest wait for an outcome, in milliseconds; none of these flows needs nearly as much. */
const WAIT_MS = 10_000;
/** Unknown answers after which an attempt that has had one is given up to a person. */
const MORE_UNKNOWNS = 5;

const pay = (stage: Stage, request = paymentOf(stage)) => takePayment(request, PRINCIPAL, { waitMs: WAIT_MS });

/** The charge is made and we are not told; nobody has asked yet. */
export async function payInTheDark(
  stage: Stage,
  { nth = 1, token = 'tok_charged_then_server_error' }: { nth?: number; token?: string } = {},
): Promise<void> {
  await takePayment(paymentOf(stage, { token, nth }), PRINCIPAL, { waitMs: 0 });
  await drainPayments();
}

async function resolveLater({ id, owner }: Stage): Promise<void> {
  await passTime(owner, `${id}.`);
  await resolveAttempts(50);
}

/** The provider declines the charges of attempts that the query finds by their id. */
function declining(stage: Stage, code: string, query: string): WireRule {
  return async (call, forward) => {
    if (call.method !== 'POST') return forward();
    const { rows } = await stage.owner.query(query, [call.idempotencyKey]);
    if (rows.length === 0) return forward();
    const error = { type: 'card_error', code, message: 'The bank says no.' };
    return { status: 402, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
  };
}

export async function giveUp(stage: Stage): Promise<void> {
  await payInTheDark(stage);
  const { id: attemptId } = await lastAttempt(stage);
  for (let nth = 0; nth < MORE_UNKNOWNS; nth += 1)
    await applyOutcomes(lanePool(), [
      { attemptId, outcome: { kind: 'unknown', reason: 'timeout' }, actor: 'resolver' },
    ]);
}

export const DIRECT_FLOWS: readonly Flow[] = [
  { name: 'payment', alone: true, act: async (stage) => void (await pay(stage)) },
  {
    name: 'declined',
    alone: true,
    act: async (stage) => void (await pay(stage, paymentOf(stage, { token: 'tok_chargeDeclined' }))),
  },
  {
    name: 'processing-error',
    alone: true,
    wire: (stage) =>
      declining(stage, 'processing_error', 'select from payment_attempts where id = $1 and attempt_no = 1'),
    act: async (stage) => {
      await takePayment(paymentOf(stage), PRINCIPAL, { waitMs: 0 });
      await drainPayments();
      await resolveLater(stage);
    },
  },
  {
    name: 'answer-lost',
    alone: true,
    act: async (stage) => {
      await payInTheDark(stage, { token: 'tok_answer_lost' });
      await resolveLater(stage);
    },
  },
  {
    name: 'three-d-secure',
    alone: true,
    act: async (stage) => void (await pay(stage, paymentOf(stage, { token: 'tok_threeDSecure2Required' }))),
  },
  {
    name: 'two-sellers',
    alone: true,
    together: 2,
    act: async (stage) => void (await pay(stage, paymentOf(stage, { amounts: [1_000n, 550n] }))),
  },
  {
    name: 'two-sellers-one-declined',
    alone: true,
    together: 2,
    wire: (stage) =>
      declining(
        stage,
        'card_declined',
        `select from attempt_orders where attempt_id = $1 and payment_order_id like '%.o2'`,
      ),
    act: async (stage) => void (await pay(stage, paymentOf(stage, { amounts: [1_000n, 550n] }))),
  },
  {
    name: 'retry',
    alone: true,
    before: async (stage) => void (await pay(stage, paymentOf(stage, { token: 'tok_chargeDeclined' }))),
    act: async (stage) => {
      const retry = retryPayment(`${stage.id}.c1.o1`, { token: 'tok_visa' }, PRINCIPAL, { waitMs: WAIT_MS });
      await unless(retry, 'checkout_not_payable');
    },
  },
  { name: 'resolver', alone: true, before: (stage) => payInTheDark(stage), act: resolveLater },
  {
    name: 'ask-again',
    alone: true,
    before: giveUp,
    act: async (stage) => {
      const { id } = await lastAttempt(stage);
      await unless(askAgain(id, 'user:1', 'the provider is back'), 'checkout_not_payable');
      await resolveAttempts(50);
    },
  },
  {
    name: 'close-dead-letter',
    alone: true,
    before: async (stage) => void (await pay(stage, paymentOf(stage, { token: 'tok_nobody_knows' }))),
    act: async (stage) => {
      const { id } = await lastAttempt(stage);
      await unless(closeDeadLetter(id, 'user:1', 'the token was wrong'), 'not_found');
    },
  },
];
