'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { Values } from './card-entry.ts';
import { parseExpiry } from './card-format.ts';
import { type DeclineMessage, declineMessage } from './declines.ts';
import {
  type Answer,
  confirm,
  createPaymentMethod,
  extend,
  getPage,
  type PaymentPage,
  type SimulatorAccess,
} from './simulator.ts';

/** Where the payment stands, as far as this page is concerned. Everything but `idle` locks the form. */
export type Phase = 'idle' | 'checking-card' | 'asking-bank' | 'finding-out' | 'to-bank' | 'to-shop' | 'no-contact';

export interface Payment {
  readonly page: PaymentPage;
  readonly phase: Phase;
  readonly decline: DeclineMessage | null;
  pay(values: Values): Promise<void>;
  keepOpen(): Promise<void>;
  /** Asks the PSP until it says what became of the payment. */
  askAgain(): Promise<void>;
  /** Shows the true state, without moving on or unlocking anything; null when the PSP does not answer. */
  look(): Promise<PaymentPage | null>;
  forgetDecline(): void;
}

/** Pause between two questions while the outcome is unknown, in milliseconds. */
const ASK_AGAIN_MS = 1_500;
/** Questions without an answer before the page says that it has no contact. */
const MAX_QUESTIONS = 12;
/** A lost request may still be on its way, so "nothing happened" must be heard this often before it is believed. */
const BELIEVE_AFTER = 2;

/**
 * Pays the session once. A second press while one runs does nothing; an answer that got lost is asked for and never
 * guessed; whatever a finished session says wins over what this page believes.
 */
export function usePayment(access: SimulatorAccess, initial: PaymentPage): Payment {
  const [page, setPage] = useState(initial);
  const [phase, setPhase] = useState<Phase>('idle');
  const [decline, setDecline] = useState<DeclineMessage | null>(null);
  const locked = useRef(false);
  const { id } = initial;

  const follow = useCallback((next: PaymentPage): boolean => {
    setPage(next);
    const challenge = next.payment_intent?.next_action?.redirect_to_url?.url;
    if (next.status === 'complete' && next.success_url) return leave('to-shop', next.success_url);
    if (next.status === 'open' && challenge) return leave('to-bank', challenge);
    return next.status !== 'open';

    function leave(to: Phase, url: string): boolean {
      setPhase(to);
      window.location.assign(url);
      return true;
    }
  }, []);

  const unlock = useCallback((message: DeclineMessage | null) => {
    locked.current = false;
    setDecline(message);
    setPhase('idle');
  }, []);

  const findOut = useCallback(async () => {
    setPhase('finding-out');
    let quiet = 0;
    for (let asked = 0; asked < MAX_QUESTIONS; asked += 1) {
      await pause(ASK_AGAIN_MS);
      const answer = await getPage(access, id);
      if (!answer.ok) continue;
      if (follow(answer.value)) return;
      if (answer.value.payment_intent?.status === 'processing') continue;
      const error = answer.value.payment_intent?.last_payment_error;
      if (error) return unlock(declineMessage(error.decline_code ?? error.code));
      quiet += 1;
      if (quiet >= BELIEVE_AFTER) return unlock(CONNECTION_BROKE);
    }
    locked.current = false;
    setPhase('no-contact');
  }, [access, id, follow, unlock]);

  const pay = useCallback(
    async (values: Values) => {
      const expiry = parseExpiry(values.expiry);
      if (locked.current || !expiry) return;
      locked.current = true;
      setDecline(null);
      setPhase('checking-card');
      const card = await createPaymentMethod(access, {
        ...values,
        ...expiry,
        number: values.number.replace(/\D/g, ''),
        name: values.name.trim(),
      });
      if (!card.ok) return unlock(card.kind === 'refused' ? declineMessage(card.code) : CONNECTION_BROKE);
      setPhase('asking-bank');
      const answer: Answer<PaymentPage> = await confirm(access, id, card.value.id);
      if (answer.ok && follow(answer.value)) return;
      if (!answer.ok && answer.kind === 'refused' && answer.status === 402) return unlock(declineMessage(answer.code));
      // Anything else (a lost answer, a conflict with another tab) is settled by asking for the true state.
      await findOut();
    },
    [access, id, follow, unlock, findOut],
  );

  // Only shows the truth and never moves on: whoever came back with the back button must be able to stay.
  const refresh = useCallback(async () => {
    const answer = await getPage(access, id);
    if (!answer.ok) return setPhase('no-contact');
    setPage(answer.value);
    unlock(null);
  }, [access, id, unlock]);

  const look = useCallback(async () => {
    const answer = await getPage(access, id);
    if (!answer.ok) return null;
    setPage(answer.value);
    return answer.value;
  }, [access, id]);

  const keepOpen = useCallback(async () => {
    const answer = await extend(access, id);
    if (answer.ok) setPage(answer.value);
    else await refresh();
  }, [access, id, refresh]);

  const forgetDecline = useCallback(() => setDecline(null), []);

  useEffect(() => {
    // The back button shows this page as it was left, locked and perhaps long decided.
    const restored = (event: PageTransitionEvent) => {
      if (event.persisted) void refresh();
    };
    window.addEventListener('pageshow', restored);
    return () => window.removeEventListener('pageshow', restored);
  }, [refresh]);

  return { page, phase, decline, pay, keepOpen, askAgain: findOut, look, forgetDecline };
}

const CONNECTION_BROKE: DeclineMessage = {
  at: 'form',
  title: 'The connection broke',
  text: 'The payment did not reach your bank. Nothing was charged. Try again.',
};

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
