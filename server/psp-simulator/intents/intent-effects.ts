import { chargeStatus, renderCharge } from '../charges/render-charge.ts';
import type { ChargeRow, IntentRow } from '../database/rows.ts';
import type { Writes } from '../database/writes.ts';
import type { EventDraft } from '../events/event-draft.ts';
import type { Confirmed } from './confirm-intent.ts';
import { renderIntent } from './render-intent.ts';

/** Event type that tells a state of an intent to the merchant; reaching the other states tells nothing. */
const EVENT_OF_STATUS: Partial<Record<IntentRow['status'], string>> = {
  requires_action: 'payment_intent.requires_action',
  processing: 'payment_intent.processing',
  requires_capture: 'payment_intent.amount_capturable_updated',
  succeeded: 'payment_intent.succeeded',
  canceled: 'payment_intent.canceled',
};

export function intentEvent(type: string, intent: IntentRow): EventDraft {
  return { type, object_id: intent.id, object: JSON.stringify(renderIntent(intent)) };
}

export function chargeEvent(type: string, charge: ChargeRow): EventDraft {
  return { type, object_id: charge.id, object: JSON.stringify(renderCharge(charge)) };
}

/** Events of one confirmation, in the order in which things happened. */
export function confirmationEvents({ intent, charge, failure }: Confirmed): EventDraft[] {
  const type = failure ? 'payment_intent.payment_failed' : EVENT_OF_STATUS[intent.status];
  return [
    ...(charge ? [chargeEvent(`charge.${chargeStatus(charge)}`, charge)] : []),
    ...(type ? [intentEvent(type, intent)] : []),
  ];
}

/** Rows of one confirmation, without its events. */
export function confirmationWrites({ intent, charge, booking }: Confirmed): Writes {
  return {
    payment_intents: [intent],
    charges: charge ? [charge] : [],
    book_transactions: booking ? [booking.transaction] : [],
    book_entries: booking ? booking.entries : [],
  };
}
