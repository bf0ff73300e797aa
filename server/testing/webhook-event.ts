import { createHmac } from 'node:crypto';

export interface SignOptions {
  readonly secret: string;
  /** How old the signature is; below zero it is of a time to come. */
  readonly ageSeconds?: number;
}

/** The signature header of a webhook over exactly these bytes, made without the SDK that checks it. */
export function signWebhook(body: string | Buffer, { secret, ageSeconds = 0 }: SignOptions): string {
  const timestamp = Math.floor(Date.now() / 1_000) - ageSeconds;
  return `t=${timestamp},v1=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;
}

let made = 0;

/** The body of an event with an id of its own, unless `change` gives it one. */
export function webhookEvent(type: string, object: unknown, change: object = {}): string {
  made += 1;
  const envelope = { id: `evt_${process.pid}_${made}`, object: 'event', created: 1, livemode: false, type };
  return JSON.stringify({ ...envelope, data: { object }, ...change });
}

/** A payment of 29.99 USD that succeeded, as events carry it; of no attempt of ours when none is named. */
export function webhookIntent(attemptId?: string, change: object = {}): object {
  return {
    id: `pi_told_${attemptId ?? 'of_nobody'}`,
    object: 'payment_intent',
    status: 'succeeded',
    amount: 2_999,
    amount_received: 2_999,
    currency: 'usd',
    latest_charge: `ch_told_${attemptId ?? 'of_nobody'}`,
    metadata: attemptId ? { attempt_id: attemptId } : {},
    last_payment_error: null,
    ...change,
  };
}
