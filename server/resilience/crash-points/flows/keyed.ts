import { resolveAttempts, takePayment } from '#payments';
import type { Flow } from '../flow.ts';
import { lastAttempt, PRINCIPAL, paymentOf, type Stage } from '../stage.ts';
import { paymentBody, postApi } from './call-api.ts';
import { callTrpc } from './call-trpc.ts';
import { giveUp } from './direct.ts';
import { open } from './hosted.ts';
import { giveBack, holdAndGiveBack, refundWithLetter, refusingFirst } from './refunds.ts';

const keyOf = ({ id }: Stage) => `${id}.key`;

/** Requests with a key, by either door: asking again is answered, and the worker alone brings them to their end. */
export const KEYED_FLOWS: readonly Flow[] = [
  {
    name: 'keyed-payment',
    alone: true,
    act: (stage) => postApi('/payments', paymentBody(paymentOf(stage)), { 'idempotency-key': keyOf(stage) }),
  },
  {
    name: 'keyed-retry',
    alone: true,
    before: async (stage) => {
      await takePayment(paymentOf(stage, { token: 'tok_chargeDeclined' }), PRINCIPAL, { waitMs: 10_000 });
    },
    act: (stage) => {
      const body = { credit_card_info: { token: 'tok_visa' } };
      return postApi(`/payments/${stage.id}.c1.o1/retry`, body, { 'idempotency-key': keyOf(stage) });
    },
  },
  {
    name: 'keyed-press',
    alone: true,
    before: open,
    act: (stage) => callTrpc('checkouts.pay', { checkoutId: `${stage.id}.c1`, idempotencyKey: keyOf(stage) }),
  },
  {
    name: 'keyed-ask-again',
    alone: true,
    before: giveUp,
    act: async (stage) => {
      const letter = { kind: 'attempt', subjectId: (await lastAttempt(stage)).id, reason: 'the provider is back' };
      await callTrpc('admin.deadLetters.tryAgain', { ...letter, idempotencyKey: keyOf(stage) });
      await resolveAttempts(50);
    },
  },
  {
    name: 'keyed-refund-retry',
    alone: true,
    wire: refusingFirst,
    before: holdAndGiveBack,
    act: async (stage) => {
      const { id: subjectId } = await refundWithLetter(stage);
      const letter = { kind: 'refund', subjectId, reason: 'the dispute is over' };
      await callTrpc('admin.deadLetters.tryAgain', { ...letter, idempotencyKey: keyOf(stage) });
      await giveBack();
    },
  },
  {
    name: 'keyed-redrive-cause',
    alone: true,
    wire: refusingFirst,
    before: holdAndGiveBack,
    act: async (stage) => {
      const { letter: upTo, cause } = await refundWithLetter(stage);
      const redrive = { kind: 'refund', cause, upTo, perSecond: 5, reason: 'the disputes are over' };
      await callTrpc('admin.deadLetters.redriveCause', { ...redrive, idempotencyKey: keyOf(stage) });
      await giveBack();
    },
  },
];
