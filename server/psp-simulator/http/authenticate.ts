import { hash, timingSafeEqual } from 'node:crypto';
import { StripeError } from './stripe-error.ts';

/** Who may call an endpoint: the merchant's server only, or also its pages in a browser. */
export type Access = 'secret' | 'publishable' | 'open';

export interface Keys {
  readonly secret: string;
  /** Digests, so that keys of any length are compared in the same time. */
  readonly secretDigest: Buffer;
  readonly publishableDigest: Buffer;
}

export function createKeys(secret: string, publishable: string): Keys {
  return { secret, secretDigest: digestOf(secret), publishableDigest: digestOf(publishable) };
}

/** Checks `Authorization: Bearer` (or Basic with the key as user, as curl -u sends it). Throws Stripe's 401 or 403. */
export function authenticate(header: string | undefined, access: Access, keys: Keys): void {
  if (access === 'open') return;
  const given = keyOf(header);
  if (given === '') {
    throw new StripeError(
      401,
      'invalid_request_error',
      'You did not provide an API key. Send it as "Authorization: Bearer YOUR_SECRET_KEY".',
    );
  }
  const digest = digestOf(given);
  if (timingSafeEqual(digest, keys.secretDigest)) return;
  if (!timingSafeEqual(digest, keys.publishableDigest)) {
    throw new StripeError(401, 'invalid_request_error', `Invalid API Key provided: ${masked(given)}`);
  }
  if (access === 'secret') {
    throw new StripeError(403, 'invalid_request_error', 'This API call cannot be made with a publishable API key.', {
      code: 'secret_key_required',
    });
  }
}

function keyOf(header = ''): string {
  const [scheme = '', value = ''] = header.split(' ');
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() === 'basic') return Buffer.from(value, 'base64').toString().split(':')[0] ?? '';
  return '';
}

function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

function masked(key: string): string {
  return `${key.slice(0, 8)}****${key.slice(-4)}`;
}
