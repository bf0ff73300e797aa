import { createHmac } from 'node:crypto';
import { StripeError } from '../http/stripe-error.ts';

const MAX_KEY_LENGTH = 255;

/**
 * What makes two requests the same: path, connected account and parameters, byte by byte. Keyed with the API secret, because a body may
 * hold a card number, which a plain hash would let anyone find by trying all numbers.
 */
export function fingerprintOf(secret: string, path: string, body: string, account: string | null): string {
  return createHmac('sha256', secret)
    .update(`${path}\n${account ?? ''}\n${body}`)
    .digest('base64url');
}

/** Throws Stripe's 400 for a key that is empty or longer than 255 characters. */
export function checkKey(key: string): void {
  if (key.length === 0 || key.length > MAX_KEY_LENGTH) {
    throw new StripeError(
      400,
      'idempotency_error',
      `The Idempotency-Key must have 1 to ${MAX_KEY_LENGTH} characters; this one has ${key.length}.`,
    );
  }
}
